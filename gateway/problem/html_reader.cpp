#include "problem/html_reader.hpp"

#include "problem/field.hpp"
#include "problem/html_tags.hpp"
#include "problem/html_text.hpp"
#include "problem/text_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace errata
{
namespace
{
constexpr auto npos = std::string_view::npos;
using index = document::index;
using kind = document::kind;

char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_letter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view tag_name(std::string_view s) noexcept
{
    std::size_t n = 0;
    while(n < s.size() && (is_letter(s[n]) || (n > 0 && s[n] >= '0' && s[n] <= '9')))
        ++n;
    return s.substr(0, n);
}

/// A label as a member name: without colon and blanks around it.
std::string_view without_colon(std::string_view s) noexcept
{
    s = trimmed(s);
    while(s.ends_with(':'))
        s.remove_suffix(1);
    while(s.starts_with(':'))
        s.remove_prefix(1);
    return trimmed(s);
}

class html_page
{
public:
    html_page(std::string_view page, document_builder& out, arena& memory)
        : page_(page), out_(out), text_(page.size() + 1, memory), root_(out.add(document::none, kind::object, {}, {}))
    {
    }

    void read()
    {
        while(at_ < page_.size())
        {
            auto const tag = next_tag();
            text_.add(page_.substr(at_, tag - at_), in_pre());
            at_ = tag;
            if(at_ < page_.size())
                markup();
        }
        finish_block();
        write_fields();
    }

private:
    struct open_tag
    {
        std::string_view name, meaning;
    };
    struct labelled
    {
        std::string_view label, value;
    };

    /// Where the next thing that is markup starts: a `<` that a letter, `/`, `!` or `?` follows.
    std::size_t next_tag() const noexcept
    {
        for(auto p = page_.find('<', at_); p != npos; p = page_.find('<', p + 1))
            if(p + 1 < page_.size() && (is_letter(page_[p + 1]) || std::strchr("/!?", page_[p + 1])))
                return p;
        return page_.size();
    }

    void markup()
    {
        auto const rest = page_.substr(at_);
        if(rest.starts_with("<!--"))
            return skip_to("-->", 4);
        if(rest[1] == '!' || rest[1] == '?')
            return skip_to(">", 2);
        bool const closing = rest[1] == '/';
        auto const name = tag_name(rest.substr(closing ? 2 : 1));
        auto const* const tag = find_tag(name);
        at_ += (closing ? 2 : 1) + name.size();
        skip_attributes();
        if(tag)
            closing ? close(*tag) : open(*tag);
    }

    void skip_to(std::string_view end, std::size_t from)
    {
        auto const found = page_.find(end, at_ + from);
        if(found == npos)
            return break_off();
        at_ = found + end.size();
    }

    void break_off() noexcept
    {
        at_ = page_.size();
        out_.cut();
    }

    /// To behind the `>`, which does not count inside quotes. A quote that nobody closes is no quote; that there is no
    /// further one is remembered, which keeps this linear.
    void skip_attributes()
    {
        while(at_ < page_.size() && page_[at_] != '>')
        {
            auto const c = page_[at_++];
            if(c != '"' && c != '\'')
                continue;
            auto& none_left = c == '"' ? no_double_ : no_single_;
            auto const end = none_left ? npos : page_.find(c, at_);
            if(end == npos)
                none_left = true;
            else if(page_[at_ - 2] == '=' || page_[at_ - 2] == ' ')
                at_ = end + 1;
        }
        if(at_ == page_.size())
            return out_.cut();
        ++at_;
    }

    void open(html_tag const& tag)
    {
        switch(tag.role)
        {
        case tag_role::inline_:
            return;
        case tag_role::line:
            return line_break();
        case tag_role::rule:
            return finish_block();
        case tag_role::emphasis:
            if(trimmed(line()).empty())
                label_open_ = true;
            return;
        case tag_role::dropped:
            finish_block();
            return skip_inside(tag.name);
        case tag_role::block:
        case tag_role::meaning:
            finish_block();
            return push(tag);
        }
    }

    void close(html_tag const& tag)
    {
        if(tag.role == tag_role::emphasis && label_open_)
        {
            label_open_ = false;
            label_end_ = text_.block().size();
        }
        if(tag.role != tag_role::block && tag.role != tag_role::meaning)
            return;
        finish_block();
        for(auto n = depth_; n > 0; --n)
            if(stack_[n - 1].name == tag.name)
            {
                depth_ = n - 1;
                return;
            }
    }

    void push(html_tag const& tag)
    {
        while(depth_ > 0 && ends_before(stack_[depth_ - 1].name, tag.name))
            --depth_;
        if(depth_ == stack_.size())
            return;
        bool const keeps =
            tag.role == tag_role::block && (tag.name == "p" || tag.name == "div" || tag.name == "center");
        auto const outer = depth_ > 0 ? stack_[depth_ - 1].meaning : std::string_view{};
        auto const* const meant = find_tag(outer);
        bool const inherits = keeps && meant && meant->role == tag_role::meaning;
        stack_[depth_++] = {tag.name, inherits ? outer : tag.name};
    }

    bool in_pre() const noexcept { return depth_ > 0 && (meaning() == "pre" || meaning() == "textarea"); }
    std::string_view meaning() const noexcept { return depth_ > 0 ? stack_[depth_ - 1].meaning : "body"; }

    /// Skips what a dropped element contains.
    void skip_inside(std::string_view name)
    {
        for(auto p = page_.find("</", at_); p != npos; p = page_.find("</", p + 2))
            if(iequals(page_.substr(p + 2, name.size()), name))
            {
                at_ = p;
                return skip_to(">", 0);
            }
        break_off();
    }

    std::string_view line() const noexcept { return text_.block().substr(std::min(line_begin_, text_.block().size())); }

    void line_break()
    {
        finish_line();
        text_.add_line_break();
        line_begin_ = text_.block().size();
    }

    /// `<b>label</b> value`, if that is what the line was.
    void finish_line()
    {
        auto const block = text_.block();
        if(label_end_ > line_begin_ && label_end_ < block.size() && !in_pre())
            keep_field(block.substr(line_begin_, label_end_ - line_begin_), block.substr(label_end_));
        label_end_ = 0;
        label_open_ = false;
    }

    void finish_block()
    {
        finish_line();
        auto const block = text_.finish();
        line_begin_ = 0;
        if(block.empty())
            return;
        auto const name = meaning();
        if((name == "td" || name == "dd") && !cell_label_.empty())
            keep_field(std::exchange(cell_label_, {}), block);
        else
            cell_label_ =
                name == "th" || name == "dt" || (name == "td" && block.ends_with(':')) ? block : std::string_view{};
        out_.add_string(root_, name == "html" || name == "head" ? "body" : name, block);
    }

    void keep_field(std::string_view label, std::string_view value)
    {
        constexpr std::size_t longest_label = 48;
        label = without_colon(label);
        value = without_colon(value);
        if(!label.empty() && label.size() <= longest_label && !value.empty() && fields_count_ < fields_.size())
            fields_[fields_count_++] = {label, value};
    }

    void write_fields()
    {
        if(fields_count_ == 0)
            return;
        auto const fields = out_.add(root_, kind::object, "fields", {});
        for(std::size_t i = 0; i < fields_count_ && fields != document::none; ++i)
            out_.add_string(fields, fields_[i].label, fields_[i].value);
    }

    std::string_view page_;
    document_builder& out_;
    html_text text_;
    index root_;
    std::size_t at_ = 0;
    std::array<open_tag, 64> stack_{};
    std::size_t depth_ = 0;
    std::array<labelled, 32> fields_{};
    std::size_t fields_count_ = 0;
    std::string_view cell_label_;
    std::size_t line_begin_ = 0, label_end_ = 0; ///< offsets in the block
    bool label_open_ = false;
    bool no_double_ = false, no_single_ = false;
};
} // namespace

bool starts_html(std::string_view s, bool labelled_xml) noexcept
{
    while(true)
    {
        s = trimmed(s);
        auto const end = s.starts_with("<?") ? s.find("?>") : s.starts_with("<!--") ? s.find("-->") : npos;
        if(end == npos)
            break;
        s.remove_prefix(end + (s[1] == '?' ? 2 : 3));
    }
    constexpr std::string_view doctype = "<!doctype";
    if(iequals(s.substr(0, doctype.size()), doctype))
        return iequals(tag_name(trimmed(s.substr(doctype.size()))), "html");
    auto const name = tag_name(s.substr(std::min<std::size_t>(1, s.size())));
    auto const after = s.size() > name.size() + 1 ? s[name.size() + 1] : ' ';
    bool const whole = std::strchr("> /\t\r\n", after) != nullptr;
    if(!whole || !s.starts_with('<'))
        return false;
    // No XML vocabulary calls its root so.
    bool const page = iequals(name, "html") || iequals(name, "head") || iequals(name, "body") ||
                      iequals(name, "center") ||
                      (name.size() == 2 && lower(name[0]) == 'h' && name[1] >= '1' && name[1] <= '6');
    return page || (!labelled_xml && find_tag(name) != nullptr);
}

bool has_html_tags(std::string_view text) noexcept
{
    constexpr std::size_t near = 2048;
    auto const s = text.substr(0, near);
    for(auto p = s.find('<'); p != npos; p = s.find('<', p + 1))
        if(starts_html(s.substr(p), false))
            return true;
    return false;
}

void read_html(std::string_view text, document_builder& out, arena& memory)
{
    html_page{text, out, memory}.read();
    out.is(document::form::html, text);
}

} // namespace errata
