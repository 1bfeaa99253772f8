#include "command/schema.hpp"

namespace errata
{

// Refer to it from a service's own description: $ref: "errata.json#/components/responses/Error".
std::string_view openapi_document() noexcept
{
    return R"json({
  "openapi": "3.1.0",
  "info": {
    "title": "Errata: the canonical error",
    "description": "Refer to #/components/responses/Error from `default` or any 4xx and 5xx response of an API behind the gateway.",
    "version": "1"
  },
  "paths": {},
  "components": {
    "responses": {
      "Error": {
        "description": "Any error, from the gateway or from the service behind it.",
        "headers": {
          "Retry-After": {
            "description": "There exactly when retrying is advised: whole seconds, the same as `retry.after`.",
            "schema": {"type": "integer", "minimum": 0}
          },
          "X-Should-Retry": {
            "description": "The same decision as `retry.allowed`.",
            "schema": {"type": "string", "enum": ["true", "false"]}
          },
          "X-Request-Id": {
            "description": "Names the request in the gateway's log.",
            "schema": {"type": "string"}
          }
        },
        "content": {
          "application/problem+json": {"schema": {"$ref": "#/components/schemas/Error"}}
        }
      }
    },
    "schemas": {
      "Error": {
        "description": "RFC 9457 problem document with the gateway's members.",
        "type": "object",
        "required": ["type", "title", "status", "code", "retry", "origin"],
        "properties": {
          "type": {"type": "string", "format": "uri-reference", "default": "about:blank", "description": "Where the kind of error is documented."},
          "title": {"type": "string", "description": "The kind of error in a few words."},
          "status": {"type": "integer", "minimum": 100, "maximum": 599, "description": "The HTTP status."},
          "detail": {"type": "string", "description": "The one sentence a developer should read. Absent when the service gave none."},
          "instance": {"type": "string", "format": "uri", "description": "urn:uuid: and the request id, when that is a UUID."},
          "code": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{0,63}$", "description": "Stable: what programs compare."},
          "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
          "details": {"description": "What else the service said, letter for letter."},
          "help": {"type": "string", "format": "uri", "description": "The service's own documentation."},
          "retry": {"$ref": "#/components/schemas/Retry"},
          "origin": {"type": "string", "enum": ["gateway", "upstream"], "description": "Who produced the error."},
          "request_id": {"type": "string"},
          "upstream_code": {"description": "The service's own code in its own type, where `code` is not it letter for letter."},
          "upstream_request_id": {"type": "string"},
          "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "The trace that the request belongs to (W3C Trace Context)."},
          "truncated": {"type": "boolean", "description": "Some of what the service said did not fit."},
          "error": {"type": "string", "description": "RFC 6749 error code, for OAuth endpoints."},
          "error_description": {"type": "string"},
          "error_uri": {"type": "string", "format": "uri"}
        }
      },
      "FieldError": {
        "type": "object",
        "properties": {
          "pointer": {"type": "string", "description": "RFC 6901 pointer into the request content, as a URI fragment."},
          "parameter": {"type": "string", "description": "Name of a parameter outside the content."},
          "in": {"type": "string", "enum": ["query", "path", "header", "cookie"]},
          "code": {"type": "string"},
          "detail": {"type": "string"}
        }
      },
      "Retry": {
        "type": "object",
        "required": ["allowed"],
        "properties": {
          "allowed": {"type": "boolean", "description": "Whether the same request may be sent again."},
          "after": {"type": "integer", "minimum": 0, "description": "Seconds to wait first; only where retrying is allowed."},
          "attempt": {"type": "integer", "minimum": 1},
          "max_attempts": {"type": "integer", "minimum": 1},
          "exhausted": {"type": "boolean", "description": "The client has retried as often as the policy advises."},
          "safe": {"type": "boolean", "description": "Sending it again cannot do the same thing twice."},
          "tries": {"type": "integer", "minimum": 2, "description": "How often the gateway itself tried."}
        }
      }
    }
  }
}
)json";
}

} // namespace errata
