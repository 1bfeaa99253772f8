#include "routing/path_rewrite.hpp"

#include <re2/re2.h>

namespace errata
{
namespace
{
/// `rest` behind `prefix`, with exactly one slash between them.
void join(std::string_view prefix, std::string_view rest, std::string& out)
{
    out = prefix;
    while(out.ends_with('/'))
        out.pop_back();
    if(!rest.starts_with('/') && !(rest.empty() && !out.empty()))
        out += '/';
    out += rest;
}

/// The path without `strip`; not stripped where it does not begin with it at a segment border.
std::string_view behind(std::string_view path, std::string_view strip, bool& found)
{
    while(strip.ends_with('/'))
        strip.remove_suffix(1);
    found = path.starts_with(strip) && (path.size() == strip.size() || path[strip.size()] == '/');
    return found ? path.substr(strip.size()) : path;
}
} // namespace

path_rewrite::path_rewrite() = default;
path_rewrite::~path_rewrite() = default;

std::shared_ptr<path_rewrite const> path_rewrite::prefix(std::string strip, std::string replace)
{
    std::shared_ptr<path_rewrite> out{new path_rewrite};
    out->strip_ = std::move(strip);
    out->replace_ = std::move(replace);
    return out;
}

std::shared_ptr<path_rewrite const> path_rewrite::regex(std::string const& pattern, std::string replace)
{
    std::shared_ptr<path_rewrite> out{new path_rewrite};
    out->pattern_ = std::make_unique<RE2 const>(pattern, RE2::Quiet);
    out->replace_ = std::move(replace);
    return out;
}

void path_rewrite::apply(std::string_view normal_path, std::string_view query, std::string& out) const
{
    if(pattern_)
    {
        out = normal_path;
        RE2::Replace(&out, *pattern_, replace_);
        if(!out.starts_with('/'))
            out.insert(out.begin(), '/');
    }
    else
    {
        auto found = false;
        auto const rest = behind(normal_path, strip_, found);
        found ? join(replace_, rest, out) : void(out = normal_path);
    }
    out += query;
}

} // namespace errata
