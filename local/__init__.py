"""The local cloud: the emulator with its repairs, the deployment of the real template, the clock, the mailbox."""
