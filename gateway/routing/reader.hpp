#pragma once

#include "routing/sources.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errata
{

/// Looks up an environment variable; std::nullopt when unset.
using environment = std::function<std::optional<std::string>(std::string const&)>;

/// What the key tables read with: puts environment variables in, collects mistakes. Values that came from the
/// environment are never shown: a mistake quotes the text as written in the file, `${TOKEN}` and not what it stands
/// for.
class reader
{
public:
    reader(source_set const& sources, environment const& env, std::vector<mistake>& mistakes)
        : sources_(sources), env_(env), mistakes_(mistakes)
    {
    }

    /// The text of a scalar with `${NAME}`, `${NAME:-default}` and `$$` replaced. Anything else is a mistake.
    [[nodiscard]] std::optional<std::string> text(yaml_node const& node, std::string_view expected = "a single value");

    void wrong(yaml_node const& at, std::string message, std::string expected = {});
    void warn(yaml_node const& at, std::string message, std::string expected = {});

    /// While it lives, mistakes show neither the value nor its line.
    class secrecy
    {
    public:
        secrecy(reader& in, bool secret) : in_(in), before_(in.secret_) { in.secret_ = secret || before_; }
        ~secrecy() { in_.secret_ = before_; }
        secrecy(secrecy const&) = delete;
        secrecy& operator=(secrecy const&) = delete;

    private:
        reader& in_;
        bool before_;
    };

    /// The value as a mistake may quote it.
    [[nodiscard]] std::string shown(yaml_node const& node) const;
    /// What a compiler says of the values there. Its words quote them: they do not show where any came from the
    /// environment.
    [[nodiscard]] std::string judged(yaml_node const& node, std::string words) const;
    [[nodiscard]] source_position position(yaml_node const& node) const { return sources_.position(node); }
    [[nodiscard]] source_set const& sources() const noexcept { return sources_; }
    /// How many mistakes (warnings aside) there are; a difference tells whether a read succeeded.
    [[nodiscard]] std::size_t failures() const noexcept { return failures_; }

private:
    void add(yaml_node const& at, std::string message, std::string expected, bool warning);
    [[nodiscard]] std::optional<std::string> substitute(yaml_node const& node);

    source_set const& sources_;
    environment const& env_;
    std::vector<mistake>& mistakes_;
    std::size_t failures_ = 0;
    bool secret_ = false;
};

} // namespace errata
