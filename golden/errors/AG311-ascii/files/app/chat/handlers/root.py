# coding: ascii
def say(payload):
    print(payload)
