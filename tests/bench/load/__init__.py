"""Processes that send, watch and read.

Started by `worker.Worker`: they read a plan, say "ready", wait for "go", and tell what they saw.
"""
