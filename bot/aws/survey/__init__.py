"""The survey: what runs, how full it was and what its logs tell, over whole clusters; batched and paced. Reading only.

The IAM actions that it uses; each may be missing, and then a sentence names it (tests/aws/survey/test_actions.py holds
this list to the calls that are made):

cloudwatch:GetMetricData, ecs:DescribeServices, ecs:DescribeTaskDefinition, ecs:DescribeTasks, ecs:ListClusters,
ecs:ListServices, ecs:ListTasks, logs:FilterLogEvents
"""
