def say(payload):
    print(payload)
