check - </dev/zero
