run --draws /tmp/never.npy scenarios/syria
