#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2
{
class RE2;
}

namespace errata
{

/// How a route changes the path on its way upstream. Works on the path that routes were matched against, so that no way
/// of writing a path gets around it. Immutable.
class path_rewrite
{
public:
    /// Takes `strip` off where the path begins with it at a segment border, and puts `replace` in its place.
    [[nodiscard]] static std::shared_ptr<path_rewrite const> prefix(std::string strip, std::string replace);
    /// Replaces the first match of an RE2 expression; \1 to \9 are its groups. `pattern` has been checked.
    [[nodiscard]] static std::shared_ptr<path_rewrite const> regex(std::string const& pattern, std::string replace);
    ~path_rewrite();

    /// The target that goes upstream, in `out`: begins with '/' whatever the rewrite made of it.
    void apply(std::string_view normal_path, std::string_view query, std::string& out) const;

private:
    path_rewrite();
    std::string strip_, replace_;
    std::unique_ptr<re2::RE2 const> pattern_;
};

} // namespace errata
