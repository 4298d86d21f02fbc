<?php

namespace App\Jobs;

class Import
{
}
