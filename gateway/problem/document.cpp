#include "problem/document.hpp"

#include "problem/wording.hpp"

#include <charconv>
#include <utility>

namespace errata
{
namespace
{
char folded(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool folds_to(std::string_view name, std::string_view wanted) noexcept
{
    std::size_t i = 0;
    for(char const c : name)
    {
        if(c == '_' || c == '-')
            continue;
        if(i == wanted.size() || folded(c) != wanted[i])
            return false;
        ++i;
    }
    return i == wanted.size();
}

/// Is `name` what the pointer segment says once `~1` and `~0` are undone (RFC 6901 section 4)?
bool segment_is(std::string_view segment, std::string_view name) noexcept
{
    std::size_t i = 0;
    for(std::size_t s = 0; s < segment.size(); ++s, ++i)
    {
        char c = segment[s];
        if(c == '~' && s + 1 < segment.size() && (segment[s + 1] == '0' || segment[s + 1] == '1'))
            c = segment[++s] == '0' ? '~' : '/';
        if(i >= name.size() || name[i] != c)
            return false;
    }
    return i == name.size();
}

std::optional<std::size_t> array_position(std::string_view segment) noexcept
{
    std::size_t n = 0;
    auto const [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), n);
    if(error != std::errc{} || end != segment.data() + segment.size())
        return std::nullopt;
    return n;
}

document::ref step(document::ref const& from, std::string_view segment) noexcept
{
    if(!from.is_container())
        return {};
    if(segment == "*")
        return from.child();
    if(from.is_array())
    {
        auto const n = array_position(segment);
        return n ? from.element(*n) : document::ref{};
    }
    for(auto m = from.child(); m; m = m.next())
        if(segment_is(segment, m.name()))
            return m;
    return {};
}
} // namespace

constinit document::node const document::nothing = []
{
    node n;
    n.seen = {{}, wording::blank, true, true};
    return n;
}();

void document::clear() noexcept
{
    nodes_.clear();
    named_ = worded_ = {};
    text_ = {};
    shape_ = form::empty;
    cut_ = deep_ = false;
}

document::ref document::ref::namesake() const noexcept
{
    auto const n = name();
    if(n.empty())
        return {};
    auto const slot = n.size() * 7 + static_cast<unsigned char>(n.front()) + static_cast<unsigned char>(n.back()) * 3u;
    auto& last = doc_->named_[slot % doc_->named_.size()];
    auto const* const before = std::exchange(last, node_);
    return before && before->name == n ? ref{*doc_, *before} : ref{};
}

document::ref document::ref::alike() const noexcept
{
    auto const t = text();
    if(t.empty())
        return {};
    auto const* const before = std::exchange(doc_->worded_[t.size() % doc_->worded_.size()], node_);
    return before && before->text == t ? ref{*doc_, *before} : ref{};
}

document::ref document::ref::member(std::string_view name) const noexcept
{
    if(!is_object())
        return {};
    for(auto m = child(); m; m = m.next())
        if(m.name() == name)
            return m;
    return {};
}

document::ref document::ref::member_like(std::string_view folded) const noexcept
{
    if(!is_object())
        return {};
    for(auto m = child(); m; m = m.next())
        if(folds_to(m.name(), folded))
            return m;
    return {};
}

document::ref document::ref::element(std::size_t position) const noexcept
{
    if(!is_container() || position >= size())
        return {};
    auto e = child();
    while(position-- > 0)
        e = e.next();
    return e;
}

document::ref document::ref::at(std::string_view pointer) const noexcept
{
    auto here = *this;
    while(here && !pointer.empty())
    {
        if(pointer.front() != '/')
            return {};
        pointer.remove_prefix(1);
        auto const segment = pointer.substr(0, pointer.find('/'));
        here = step(here, segment);
        pointer.remove_prefix(segment.size());
    }
    return here;
}

std::optional<std::int64_t> document::ref::integer() const noexcept
{
    if(!is_number() && !is_string())
        return std::nullopt;
    auto const s = text();
    auto const* const end = s.data() + s.size();
    std::int64_t n = 0;
    auto const [rest, error] = std::from_chars(s.data(), end, n);
    if(error != std::errc{})
        return std::nullopt;
    // 404.0 is what some serializers make of 404.
    std::string_view const fraction{rest, static_cast<std::size_t>(end - rest)};
    if(fraction.empty() ||
       (fraction.size() > 1 && fraction.front() == '.' && fraction.find_first_not_of('0', 1) == std::string_view::npos))
        return n;
    return std::nullopt;
}

} // namespace errata
