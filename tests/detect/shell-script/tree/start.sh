#!/usr/bin/env bash
exec ./run
