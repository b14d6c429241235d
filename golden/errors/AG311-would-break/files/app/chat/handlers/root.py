def say(payload):
    print(payload)


if True:
    pass \