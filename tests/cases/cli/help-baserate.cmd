help baserate
