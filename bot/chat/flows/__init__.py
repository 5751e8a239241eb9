"""What people do in Slack besides asking, one file a flow: buttons, forms, a message's menu, words after `/lamp`.

A flow is anything that fits `base.Flow`; `bot/wiring.py` lists those that run. Its `name` is the first part of every id
of its own ("nudge:yes"), which is all the registering there is. `forms.py` builds buttons and forms, `slack_desk.py`
does what a flow wants done in Slack, `slack_flows.py` hears what people press and sees to exactly once.
"""
