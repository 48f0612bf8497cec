"""Data that a client protects itself before it sends them (from 1.3.0): hashed, signed, encrypted, credentials.

A server stores them and answers them; it is asked for neither keys nor verification. So everything here is made with
keys of our own, and verified on what the server answers.
"""
