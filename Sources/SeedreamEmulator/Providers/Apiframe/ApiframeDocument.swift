import SeedreamModel

/// `GET /v2/openapi.json`, which describes only the emulated operations. The provider's own
/// document has sixty models.
enum ApiframeDocument {
    /// Returns the document.
    ///
    /// - Parameter models: The IDs of the models.
    static func text(models: [String]) -> String {
        let list = JSONValue.array(models.map { .string($0) }).text
        return #"""
            {
              "openapi": "3.1.0",
              "info": {
                "title": "Apiframe API, emulated",
                "version": "2.0.0",
                "description": "The part of Apiframe's API that SeedreamKit's emulator answers: Seedream, jobs, uploads, the account."
              },
              "servers": [{"url": "https://api.apiframe.ai"}],
              "security": [{"ApiKeyAuth": []}],
              "paths": {
                "/v2/images/generate": {"post": {
                  "summary": "Submit an image generation job",
                  "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}],
                  "requestBody": {"required": true, "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/GenerateImageRequest"}}}},
                  "responses": {
                    "202": {"$ref": "#/components/responses/JobAccepted"}, "400": {"$ref": "#/components/responses/Invalid"},
                    "401": {"$ref": "#/components/responses/Failed"}, "402": {"$ref": "#/components/responses/Credits"},
                    "403": {"$ref": "#/components/responses/Failed"}, "409": {"$ref": "#/components/responses/Failed"},
                    "429": {"$ref": "#/components/responses/Failed"}, "503": {"$ref": "#/components/responses/Failed"}
                  }
                }},
                "/v2/jobs": {"get": {
                  "summary": "List jobs",
                  "parameters": [
                    {"name": "status", "in": "query", "schema": {"$ref": "#/components/schemas/Status"}},
                    {"name": "model", "in": "query", "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}},
                    {"name": "cursor", "in": "query", "schema": {"type": "string"}},
                    {"name": "scope", "in": "query", "schema": {"enum": ["user", "team"], "default": "user"}},
                    {"name": "search", "in": "query", "schema": {"type": "string", "format": "uuid"}},
                    {"name": "include_models", "in": "query", "schema": {"enum": ["true", "false"], "default": "false"}}
                  ],
                  "responses": {
                    "200": {"$ref": "#/components/responses/JobList"}, "400": {"$ref": "#/components/responses/Invalid"},
                    "401": {"$ref": "#/components/responses/Failed"}, "403": {"$ref": "#/components/responses/Failed"}
                  }
                }},
                "/v2/jobs/{id}": {"get": {
                  "summary": "Get a job",
                  "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}],
                  "responses": {
                    "200": {"$ref": "#/components/responses/Job"}, "400": {"$ref": "#/components/responses/Invalid"},
                    "401": {"$ref": "#/components/responses/Failed"}, "403": {"$ref": "#/components/responses/Failed"},
                    "404": {"$ref": "#/components/responses/Failed"}
                  }
                }},
                "/v2/uploads": {"post": {
                  "summary": "Upload an image to short-lived storage",
                  "requestBody": {"required": true, "content": {"multipart/form-data": {"schema": {
                    "type": "object", "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": "PNG, JPEG, WebP or GIF, at most 25 MB"}}
                  }}}},
                  "responses": {
                    "201": {"$ref": "#/components/responses/Upload"}, "400": {"$ref": "#/components/responses/Invalid"},
                    "401": {"$ref": "#/components/responses/Failed"}, "403": {"$ref": "#/components/responses/Failed"},
                    "502": {"$ref": "#/components/responses/Failed"}
                  }
                }},
                "/v2/me": {"get": {
                  "summary": "Get the authenticated caller",
                  "responses": {
                    "200": {"$ref": "#/components/responses/Me"}, "401": {"$ref": "#/components/responses/Failed"},
                    "403": {"$ref": "#/components/responses/Failed"}
                  }
                }},
                "/v2/models": {"get": {
                  "summary": "List the model catalogue", "security": [],
                  "parameters": [{"name": "modality", "in": "query", "schema": {"enum": ["image", "video", "music"]}}],
                  "responses": {
                    "200": {"$ref": "#/components/responses/Models"}, "400": {"$ref": "#/components/responses/Invalid"}
                  }
                }},
                "/v2/assets/create": {"post": {
                  "summary": "Register an asset with the upstream provider",
                  "requestBody": {"required": true, "content": {"application/json": {"schema": {
                    "type": "object", "required": ["url", "type"],
                    "properties": {"url": {"type": "string", "format": "uri"}, "type": {"enum": ["image", "video", "audio"]}}
                  }}}},
                  "responses": {
                    "201": {"$ref": "#/components/responses/Asset"}, "400": {"$ref": "#/components/responses/Invalid"},
                    "401": {"$ref": "#/components/responses/Failed"}, "403": {"$ref": "#/components/responses/Failed"}
                  }
                }},
                "/v2/openapi.json": {"get": {
                  "summary": "This document", "security": [],
                  "responses": {"200": {"description": "This document", "content": {"application/json": {"schema": {"type": "object"}}}}}
                }}
              },
              "components": {
                "securitySchemes": {"ApiKeyAuth": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
                "schemas": {
                  "Status": {"enum": ["QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"]},
                  "GenerateImageRequest": {
                    "type": "object", "additionalProperties": false, "required": ["model", "prompt"],
                    "properties": {
                      "model": {"enum": \#(list)},
                      "prompt": {"type": "string", "minLength": 1, "maxLength": 2000},
                      "webhookUrl": {"type": "string", "format": "uri"},
                      "webhookEvents": {"type": "array", "minItems": 1, "items": {"enum": ["progress", "completed", "failed"]}},
                      "seedreamParams": {
                        "type": "object", "additionalProperties": false,
                        "properties": {
                          "image_input": {"type": "array", "maxItems": 14, "items": {"type": "string", "format": "uri"}},
                          "aspect_ratio": {"type": "string"},
                          "size": {"type": "string"},
                          "width": {"type": "integer", "minimum": 512, "maximum": 4096},
                          "height": {"type": "integer", "minimum": 512, "maximum": 4096},
                          "enhance_prompt": {"type": "boolean"},
                          "seed": {"type": "integer"},
                          "guidance_scale": {"type": "number", "minimum": 1, "maximum": 10},
                          "output_format": {"enum": ["jpg", "png"]},
                          "resolution": {"type": "string"},
                          "use_pre_llm": {"type": "boolean"}
                        }
                      }
                    }
                  },
                  "Error": {
                    "type": "object", "required": ["error"],
                    "properties": {
                      "error": {"type": "string"},
                      "details": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
                    }
                  },
                  "Job": {
                    "type": "object",
                    "required": ["id", "status", "model", "progress", "error", "creditCost", "webhookStatus", "createdAt", "completedAt"],
                    "properties": {
                      "id": {"type": "string", "format": "uuid"},
                      "status": {"$ref": "#/components/schemas/Status"},
                      "model": {"type": "string"},
                      "progress": {"type": ["integer", "null"], "minimum": 0, "maximum": 100},
                      "input": {"type": ["object", "null"]},
                      "result": {"type": ["object", "string", "null"]},
                      "error": {"type": ["string", "null"]},
                      "creditCost": {"type": ["integer", "null"]},
                      "webhookStatus": {"enum": ["pending", "delivered", "failed", null]},
                      "expired": {"type": "boolean"},
                      "createdAt": {"type": "string", "format": "date-time"},
                      "completedAt": {"type": ["string", "null"], "format": "date-time"}
                    }
                  }
                },
                "responses": {
                  "Failed": {"description": "Refused", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}},
                  "Invalid": {"description": "Not valid", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}},
                  "Credits": {"description": "Insufficient credits", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["error", "creditsRequired", "creditsAvailable"],
                    "properties": {
                      "error": {"type": "string"}, "creditsRequired": {"type": "integer"}, "creditsAvailable": {"type": "integer"}
                    }
                  }}}},
                  "JobAccepted": {"description": "Accepted and queued", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["jobId", "status"],
                    "properties": {
                      "jobId": {"type": "string", "format": "uuid"}, "status": {"$ref": "#/components/schemas/Status"}
                    }
                  }}}},
                  "Job": {"description": "The job", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}},
                  "JobList": {"description": "A page of jobs, the newest first", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["jobs", "nextCursor", "hasMore"],
                    "properties": {
                      "jobs": {"type": "array", "items": {"$ref": "#/components/schemas/Job"}},
                      "nextCursor": {"type": ["string", "null"]}, "hasMore": {"type": "boolean"},
                      "models": {"type": "array", "items": {"type": "string"}}
                    }
                  }}}},
                  "Upload": {"description": "The file on the CDN", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["id", "url", "kind", "contentType", "byteSize", "expiresAt"],
                    "properties": {
                      "id": {"type": "string", "format": "uuid"}, "url": {"type": "string", "format": "uri"},
                      "kind": {"enum": ["image"]}, "contentType": {"type": "string"},
                      "byteSize": {"type": "integer"}, "expiresAt": {"type": "string", "format": "date-time"}
                    }
                  }}}},
                  "Me": {"description": "User, team and key", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["user", "team", "apiKey"],
                    "properties": {"user": {"type": "object"}, "team": {"type": "object"}, "apiKey": {"type": "object"}}
                  }}}},
                  "Models": {"description": "The catalogue", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["models"],
                    "properties": {"models": {"type": "array", "items": {"type": "object"}}}
                  }}}},
                  "Asset": {"description": "Registered", "content": {"application/json": {"schema": {
                    "type": "object", "required": ["assetId"], "properties": {"assetId": {"type": "string"}}
                  }}}}
                }
              }
            }
            """#
    }
}
