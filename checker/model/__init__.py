"""The frozen types that pass between the stages; this floor imports nothing of ours."""
