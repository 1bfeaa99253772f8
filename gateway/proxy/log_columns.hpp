#pragma once

#include "proxy/access_record.hpp"

#include <array>

namespace errata
{

/// One member of a line: its name and where its value is.
struct column
{
    using record = access_record;
    enum class kind : std::uint8_t
    {
        time,
        text,
        number,
        status,
        size,
        optional_size,
        duration
    };

    std::string_view name;
    kind what;
    std::string_view record::*text = nullptr;
    unsigned record::*number = nullptr;
    std::uint64_t record::*size = nullptr;
    std::optional<std::uint64_t> record::*optional_size = nullptr;
    std::optional<std::chrono::microseconds> record::*duration = nullptr;

    constexpr explicit column(std::string_view n) : name(n), what(kind::time) {}
    constexpr column(std::string_view n, std::string_view record::*m) : name(n), what(kind::text), text(m) {}
    constexpr column(std::string_view n, unsigned record::*m)
        : name(n), what(m == &access_record::status ? kind::status : kind::number), number(m)
    {
    }
    constexpr column(std::string_view n, std::uint64_t record::*m) : name(n), what(kind::size), size(m) {}
    constexpr column(std::string_view n, std::optional<std::uint64_t> record::*m)
        : name(n), what(kind::optional_size), optional_size(m)
    {
    }
    constexpr column(std::string_view n, std::optional<std::chrono::microseconds> record::*m)
        : name(n), what(kind::duration), duration(m)
    {
    }

    [[nodiscard]] constexpr bool quoted() const { return what == kind::time || what == kind::text; }
};

/// The order of a JSON line's members.
inline constexpr std::array columns{
    column{"time"},
    column{"request_id", &access_record::request_id},
    column{"client", &access_record::client},
    column{"method", &access_record::method},
    column{"host", &access_record::host},
    column{"path", &access_record::path},
    column{"protocol", &access_record::protocol},
    column{"status", &access_record::status},
    column{"bytes_in", &access_record::bytes_in},
    column{"bytes_out", &access_record::bytes_out},
    column{"total_ms", &access_record::total},
    column{"connect_ms", &access_record::connect},
    column{"first_byte_ms", &access_record::first_byte},
    column{"own_ms", &access_record::own},
    column{"route", &access_record::route},
    column{"upstream", &access_record::upstream},
    column{"endpoint", &access_record::endpoint},
    column{"attempts", &access_record::attempts},
    column{"upstream_status", &access_record::upstream_status},
    column{"origin", &access_record::origin},
    column{"cause", &access_record::cause},
    column{"proxy_status", &access_record::proxy_status},
    column{"details", &access_record::details},
    column{"dialect", &access_record::dialect},
    column{"treatment", &access_record::treatment},
    column{"code", &access_record::code},
    column{"upstream_request_id", &access_record::upstream_request_id},
    column{"retry", &access_record::retry},
    column{"retry_after", &access_record::retry_after},
    column{"leaks", &access_record::leaks},
    column{"trace_id", &access_record::trace_id},
    column{"span_id", &access_record::span_id},
};

} // namespace errata
