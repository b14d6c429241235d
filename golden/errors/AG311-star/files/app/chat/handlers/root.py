from chat.room import *


def say(payload):
    print(payload)
