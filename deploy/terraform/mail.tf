# One plain sentence for each kill, for people who read e-mail; and the alarms.
resource "aws_sns_topic" "mail" {
  count = local.has_mail ? 1 : 0

  name         = "${var.name}-mail"
  display_name = "OOM Guard by e-mail"
  tags         = var.tags
}

resource "aws_sns_topic_policy" "mail" {
  count = local.has_mail ? 1 : 0

  arn = aws_sns_topic.mail[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      merge(
        {
          Sid       = "Events"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = aws_sns_topic.mail[0].arn
        },
        var.publish_only_from_rules ? { Condition = local.rules_of_this_account } : {},
      ),
      {
        Sid       = "AlarmsOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.mail[0].arn
        Condition = local.alarms_of_this_account
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "mail" {
  for_each = var.email_addresses

  topic_arn = aws_sns_topic.mail[0].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_event_rule" "mail" {
  count = local.has_mail ? 1 : 0

  name           = "${var.name}-mail"
  event_bus_name = var.event_bus_name
  event_pattern  = jsonencode(local.patterns["mail"])
  state          = var.monitoring
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "mail" {
  count = local.has_mail ? 1 : 0

  rule           = aws_cloudwatch_event_rule.mail[0].name
  event_bus_name = var.event_bus_name
  target_id      = "mail"
  arn            = aws_sns_topic.mail[0].arn

  input_transformer {
    input_paths    = { taskArn = "$.detail.taskArn" }
    input_template = "\"Task '<taskArn>' was stopped due to OutOfMemory.\""
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }
}
