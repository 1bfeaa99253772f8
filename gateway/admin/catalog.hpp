#pragma once

#include "admin/http_port.hpp"
#include "problem/catalog.hpp"

namespace errata
{

/// The catalogue on the admin port.
[[nodiscard]] inline admin_answer catalog_answer(std::string_view name, std::string_view base, std::string_view accept)
{
    auto page = catalog(name.starts_with('/') ? name.substr(1) : name, base, accept);
    return {.status = 200,
            .type = std::string(page.media_type),
            .body = std::move(page.body),
            .fields = {{"Vary", "Accept"}}};
}

} // namespace errata
