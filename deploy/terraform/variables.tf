variable "name" {
  description = "Names the topic, the dead-letter queue, the rules and the alarms."
  type        = string
  default     = "oom-guard"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,47}$", var.name))
    error_message = "The name has at most 48 letters, digits and hyphens, and begins with a letter."
  }
}

variable "bot_endpoint" {
  description = "The bot's address for SNS: https://HOST/sns, or https://USER:PASSWORD@HOST/sns where SNS_BASIC_AUTH is set. Empty for none yet."
  type        = string
  default     = ""
  sensitive   = true

  validation {
    condition     = can(regex("^$|^https://([^\\s/@:]+:[^\\s/@]+@)?[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?/sns$", var.bot_endpoint))
    error_message = "The endpoint must be https://HOST/sns; SNS takes no underscore in a host's name."
  }
}

variable "email_addresses" {
  description = "Addresses that get one plain sentence for each kill, and the alarms."
  type        = set(string)
  default     = []

  validation {
    condition = alltrue([
      for address in var.email_addresses :
      can(regex("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\\.)+[A-Za-z0-9-]{2,63}$", address))
    ])
    error_message = "Each must be an e-mail address."
  }
}

variable "alarm_topic_arn" {
  description = "An SNS topic of yours that is told when alerts could not be delivered. Empty for the e-mail addresses alone."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", var.alarm_topic_arn))
    error_message = "This must be the ARN of an SNS topic."
  }
}

variable "monitoring" {
  description = "DISABLED stops all rules and keeps everything else, for maintenance."
  type        = string
  default     = "ENABLED"

  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.monitoring)
    error_message = "Either ENABLED or DISABLED."
  }
}

variable "task_events" {
  description = "KILLS passes kills, exit code 137 and containers that die while their task runs; KILLS_AND_ERRORS also the exit codes 1, 139 and 255; EVERY_STOP also every task that stops."
  type        = string
  default     = "KILLS"

  validation {
    condition     = contains(["KILLS", "KILLS_AND_ERRORS", "EVERY_STOP"], var.task_events)
    error_message = "One of KILLS, KILLS_AND_ERRORS, EVERY_STOP."
  }
}

variable "event_bus_name" {
  description = "The event bus to listen on."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]{1,256}$", var.event_bus_name))
    error_message = "This must be the name of an event bus."
  }
}

variable "publish_only_from_rules" {
  description = "Let EventBridge publish for rules of this account alone. AWS documents that conditions do not work for EventBridge and SNS: try it with a test event."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags for all resources."
  type        = map(string)
  default     = {}
}
