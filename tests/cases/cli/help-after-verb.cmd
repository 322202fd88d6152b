run --worlds 3 --help
