output "topic_arn" {
  description = "For the bot's SNS_TOPIC_ARNS."
  value       = aws_sns_topic.events.arn
}

output "signature_versions" {
  description = "For the bot's SNS_SIGNATURE_VERSIONS."
  value       = "2"
}

output "dead_letter_queue_url" {
  description = "What could not be delivered waits here for two weeks."
  value       = aws_sqs_queue.dead_letters.url
}
