#pragma once

#include "problem/problem.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace errata
{

/// Why a template was not accepted.
struct template_mistake
{
    std::string reason;
};

/// A user's own rendering of the canonical error: a JSON object whose strings may hold placeholders. A string that is
/// one placeholder and nothing else ("{retry}") becomes the value in its own JSON type; where the error has none the
/// member is left out, in an array it is null. Within a longer string ("error {code}") the value is inserted as text.
/// "{{" stands for a brace. Names: type title status detail message instance code errors details help retry retry_after
/// origin request_id upstream_code upstream_request_id trace_id oauth_error; `message` is the detail, or else the
/// title. Checked when built; immutable.
class error_template
{
public:
    [[nodiscard]] static boost::system::result<error_template, template_mistake> build(std::string_view json);

    /// The skeleton of a preset (`envelope`, `openai`, `oauth`); empty when there is no such preset.
    [[nodiscard]] static std::string_view preset(std::string_view name) noexcept;

    void write(problem const& p, std::string& out) const;

    /// What the error has under a placeholder's name.
    enum class slot : std::uint8_t
    {
        type,
        title,
        status,
        detail,
        message,
        instance,
        code,
        errors,
        details,
        help,
        retry,
        retry_after,
        origin,
        request_id,
        upstream_code,
        upstream_request_id,
        trace_id,
        oauth_error,
    };

    /// One step of writing.
    struct step
    {
        enum class kind : std::uint8_t
        {
            raw,     ///< JSON text as it is
            open,    ///< an opening bracket, or a name: a comma goes before it where one is due
            member,  ///< `text` is the name; left out where the slot is empty
            value,   ///< the slot's value, or null
            quote,   ///< the quotes around a string with insertions; opening when `text` is empty
            letters, ///< part of such a string, escaped already
            insert,  ///< the slot as part of such a string
        };
        kind what = kind::raw;
        std::string text;
        slot which = slot::code;
    };

private:
    std::vector<step> steps_;
};

} // namespace errata
