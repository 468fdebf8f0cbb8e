"""The sandbox's AWS: SNS that signs and delivers, ECS that lives, and their APIs as boto3 speaks them."""
