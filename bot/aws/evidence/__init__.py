"""Evidence readers: what AWS still knows of a death. Reading only.

The IAM actions that they use; each may be missing, and then a Gap names it (tests/aws/evidence/test_actions.py holds
this list to the calls that are made):

application-autoscaling:DescribeScalingPolicies, batch:DescribeJobDefinitions, batch:DescribeJobs,
cloudformation:DescribeStackResources, cloudwatch:GetMetricData, ecr:BatchGetImage, ecr:DescribeImages,
ecs:DescribeContainerInstances, ecs:DescribeServiceRevisions, ecs:DescribeServices, ecs:DescribeTaskDefinition,
ecs:ListContainerInstances, ecs:ListServiceDeployments, ecs:ListTaskDefinitions, ecs:ListTasks, logs:GetLogEvents,
logs:GetQueryResults, logs:StartQuery, logs:StopQuery, pricing:GetProducts
"""
