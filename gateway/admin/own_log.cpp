#include "admin/own_log.hpp"

#include "admin/timestamp.hpp"
#include "proxy/log_line.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <iterator>
#include <memory>

namespace errata
{
namespace
{
/// Escapes the message: what an upstream or a file says must not forge a line.
class json_lines : public spdlog::formatter
{
public:
    void format(spdlog::details::log_msg const& message, spdlog::memory_buf_t& out) override
    {
        std::array<char, 8192> room;
        line_sink text{room};
        put_json_text(text, {message.payload.data(), message.payload.size()});
        auto const level = spdlog::level::to_string_view(message.level);
        fmt::format_to(std::back_inserter(out), R"({{"time":"{}","level":"{}","message":"{}"}})",
                       timestamp(message.time), std::string_view(level.data(), level.size()),
                       text.full() ? std::string_view("(too long)") : std::string_view(room.data(), text.size()));
        out.push_back('\n');
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<json_lines>(); }
};
} // namespace

void use_own_log()
{
    auto log = std::make_shared<spdlog::logger>("errata", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    log->set_formatter(std::make_unique<json_lines>());
    log->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(log));
}

} // namespace errata
