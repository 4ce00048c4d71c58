"""Times of timers: dates, durations, repetitions and cron expressions, in time zones. Pure: now is an argument."""
