<?php

use Illuminate\Support\Facades\Schedule;

Schedule::command('orders:remind')->dailyAt('04:56');
