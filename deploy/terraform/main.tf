data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name

  # The very patterns of deploy/cloudformation: a test compares them.
  patterns = jsondecode(file("${path.module}/patterns.json"))
  wanted = merge(
    { for name, pattern in local.patterns : name => pattern if !contains(["mail", "errors", "every-stop"], name) },
    var.task_events == "KILLS" ? {} : { errors = local.patterns["errors"] },
    var.task_events == "EVERY_STOP" ? { every-stop = local.patterns["every-stop"] } : {},
  )
  has_mail = length(var.email_addresses) > 0

  rules_of_this_account = {
    ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:events:${local.region}:${local.account}:rule/*" }
    StringEquals = { "aws:SourceAccount" = local.account }
  }
  alarms_of_this_account = {
    ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:*" }
    StringEquals = { "aws:SourceAccount" = local.account }
  }
  alarm_actions = compact(concat([var.alarm_topic_arn], aws_sns_topic.mail[*].arn))
}

resource "aws_sns_topic" "events" {
  name              = var.name
  display_name      = "OOM Guard"
  signature_version = 2
  tags              = var.tags
}

resource "aws_sns_topic_policy" "events" {
  arn = aws_sns_topic.events.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      merge(
        {
          Sid       = "Events"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = aws_sns_topic.events.arn
        },
        var.publish_only_from_rules ? { Condition = local.rules_of_this_account } : {},
      ),
      {
        Sid       = "AlarmsOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.events.arn
        Condition = local.alarms_of_this_account
      },
      {
        Sid       = "Owner"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = ["sns:Subscribe", "sns:ListSubscriptionsByTopic", "sns:GetTopicAttributes", "sns:SetTopicAttributes"]
        Resource  = aws_sns_topic.events.arn
      },
    ]
  })
}

# 45 retries in about 59 minutes; SNS allows an hour at most, and gives up after one minute by default.
# The bot confirms the subscription itself, so Terraform does not wait for it.
resource "aws_sns_topic_subscription" "bot" {
  count = nonsensitive(var.bot_endpoint == "") ? 0 : 1

  topic_arn              = aws_sns_topic.events.arn
  protocol               = "https"
  endpoint               = var.bot_endpoint
  endpoint_auto_confirms = false
  delivery_policy = jsonencode({
    healthyRetryPolicy = {
      numRetries         = 45
      numNoDelayRetries  = 1
      minDelayTarget     = 5
      numMinDelayRetries = 6
      maxDelayTarget     = 120
      numMaxDelayRetries = 20
      backoffFunction    = "linear"
    }
  })
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letters.arn })
}

resource "aws_cloudwatch_event_rule" "wanted" {
  for_each = local.wanted

  name           = "${var.name}-${each.key}"
  event_bus_name = var.event_bus_name
  event_pattern  = jsonencode(each.value)
  state          = var.monitoring
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "wanted" {
  for_each = local.wanted

  rule           = aws_cloudwatch_event_rule.wanted[each.key].name
  event_bus_name = var.event_bus_name
  target_id      = "topic"
  arn            = aws_sns_topic.events.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }
}

# One event an hour through the whole path, so that silence means trouble (HEARTBEAT_HOURS), not a quiet day.
resource "aws_cloudwatch_event_rule" "pulse" {
  name                = "${var.name}-pulse"
  schedule_expression = "rate(1 hour)"
  state               = var.monitoring
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "pulse" {
  rule      = aws_cloudwatch_event_rule.pulse.name
  target_id = "topic"
  arn       = aws_sns_topic.events.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-undelivered"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "WhatTheTopicCouldNotDeliver"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.dead_letters.arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.events.arn } }
      },
      {
        Sid       = "WhatTheRulesCouldNotPublish"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.dead_letters.arn
        Condition = { ArnLike = local.rules_of_this_account.ArnLike }
      },
      {
        Sid       = "OnlyEncryptedConnections"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.dead_letters.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
