def say(payload):
    print(payload)


def leave():
    print("gone")
