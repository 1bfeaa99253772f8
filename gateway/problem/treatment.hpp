#pragma once

#include "problem/normalize.hpp"

namespace errata
{

/// How far an upstream's answer may be changed, by what its head says.
enum class treatment : std::uint8_t
{
    none,     ///< goes out as it came
    head,     ///< retry fields are put right, the body is not touched
    body,     ///< an error to be rewritten
    accepted, ///< a 202 whose body may hold a retry hint
    success,  ///< may be an error inside success
};

[[nodiscard]] treatment treatment_of(unsigned status, field_list fields, std::string_view method,
                                     error_policy const& policy) noexcept;

/// True for `application/json`, `text/json` and every `+json` type, parameters aside.
[[nodiscard]] bool is_json_type(std::string_view content_type) noexcept;

/// True for XML errors of S3 and of what speaks its protocol. Its SDKs read nothing else, so a compatible route keeps
/// them.
[[nodiscard]] bool is_storage_error(field_list fields) noexcept;

/// True for the types of XML documents.
[[nodiscard]] bool is_xml_type(std::string_view content_type) noexcept;

} // namespace errata
