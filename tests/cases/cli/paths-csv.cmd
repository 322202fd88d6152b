paths --numbers --format csv scenarios/syria/2024-12.cfg | head -5
