<?php

require __DIR__ . '/vendor/autoload.php';

Shop\Server::run((int) getenv('PORT'));
