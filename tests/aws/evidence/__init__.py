"""Tests of the evidence readers, against the sandbox over HTTP."""
