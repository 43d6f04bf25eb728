"""What a team writes: profile, statements, waivers and policy, read into frozen values."""
