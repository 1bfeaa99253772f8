#include "problem/dialect.hpp"

#include "problem/dialect_entry.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace errata
{

namespace
{

using test = dialect_condition::test;

bool is_pointer(std::string_view text)
{
    if(!text.empty() && text[0] != '/')
        return false;
    for(std::size_t i = 0; i < text.size(); ++i)
        if(text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
            return false;
    return true;
}

/// One bit of 64 for a member name.
std::uint64_t bit_of(std::string_view name)
{
    if(name.empty())
        return 1;
    auto const at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(name[i])); };
    auto const hash = (at(0) * 31 + at(name.size() - 1)) * 7 + at(name.size() / 2) + static_cast<unsigned>(name.size());
    return std::uint64_t{1} << (hash & 63);
}

bool is_literal(std::string_view segment)
{
    return segment != "*" && segment.find('~') == segment.npos &&
           segment.find_first_not_of("0123456789") != segment.npos;
}

/// The bits that a document must have for `pointer` to lead anywhere.
template <class Bits>
void require(Bits& bits, std::string_view pointer)
{
    bool first = true;
    while(pointer.size() > 1)
    {
        pointer.remove_prefix(1);
        auto const segment = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(segment.size());
        if(is_literal(segment))
        {
            (first ? bits.top : bits.inner) |= bit_of(segment);
            if(!first)
                return;
        }
        first = false;
    }
}

void add_names(std::uint64_t& bits, document::ref const& object)
{
    if(object.is_object())
        for(auto m = object.child(); m; m = m.next())
            bits |= bit_of(m.name());
}

template <class Bits>
Bits bits_of(document::ref const& root)
{
    Bits bits;
    add_names(bits.top, root);
    if(root.is_container())
        for(auto m = root.child(); m; m = m.next())
            add_names(bits.inner, m.is_array() ? m.child() : m);
    return bits;
}

std::string unescaped(std::string_view segment)
{
    std::string name;
    for(std::size_t i = 0; i < segment.size(); ++i)
        if(segment[i] == '~' && i + 1 < segment.size() && (segment[i + 1] == '0' || segment[i + 1] == '1'))
            name += segment[++i] == '0' ? '~' : '/';
        else
            name += segment[i];
    return name;
}

std::optional<std::size_t> position_in(std::string_view segment)
{
    std::size_t n = 0;
    auto const [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), n);
    if(error != std::errc{} || end != segment.data() + segment.size())
        return std::nullopt;
    return n;
}

bool reads_body(test what)
{
    return what == test::exists || what == test::equals || what == test::is_kind || what == test::matches;
}

bool reads_field(test what)
{
    return what == test::field_present || what == test::field_equals || what == test::field_contains;
}

dialect_mistake mistake_in(std::size_t condition, std::string_view key, std::string reason)
{
    return {"when[" + std::to_string(condition) + "]." + std::string{key}, std::move(reason)};
}

struct pointer_list
{
    std::string_view key;
    std::vector<std::string> pointers;
};

boost::system::result<void, dialect_mistake> check_pointers(pointer_list const& list)
{
    for(std::size_t i = 0; i < list.pointers.size(); ++i)
        if(!is_pointer(list.pointers[i]))
            return dialect_mistake{std::string{list.key} + "[" + std::to_string(i) + "]",
                                   "is not a JSON pointer: '" + list.pointers[i] + "'"};
    return {};
}

boost::system::result<void, dialect_mistake> check_places(dialect_source const& source)
{
    pointer_list const lists[] = {{"detail", source.detail},
                                  {"title", source.title},
                                  {"code", source.code},
                                  {"help", source.help},
                                  {"request_id", source.request_id},
                                  {"oauth.error", source.oauth_error},
                                  {"oauth.description", source.oauth_description},
                                  {"oauth.uri", source.oauth_uri}};
    for(auto const& list : lists)
        if(auto checked = check_pointers(list); !checked)
            return checked;
    for(auto const& hint : source.hints)
        if(auto checked = check_pointers({"hints", {hint.pointer}}); !checked)
            return checked;
    for(auto const& errors : source.errors)
    {
        pointer_list const inner[] = {{"errors.at", {errors.at}},
                                      {"errors.field", errors.field},
                                      {"errors.detail", errors.detail},
                                      {"errors.code", errors.code},
                                      {"errors.in", errors.in}};
        for(auto const& list : inner)
            if(auto checked = check_pointers(list); !checked)
                return checked;
    }
    return {};
}

boost::system::result<void, dialect_mistake> check_condition(dialect_condition const& condition, std::size_t position)
{
    if(reads_body(condition.what) && !is_pointer(condition.subject))
        return mistake_in(position, "pointer", "is not a JSON pointer: '" + condition.subject + "'");
    if(reads_field(condition.what) && condition.subject.empty())
        return mistake_in(position, "header", "names no header field");
    if(condition.what == test::status &&
       (condition.low < 100 || condition.high > 599 || condition.low > condition.high))
        return mistake_in(position, "status", "is no range within 100 to 599");
    return {};
}

bool contains_ignoring_case(std::string_view text, std::string_view part)
{
    if(part.size() > text.size())
        return false;
    for(std::size_t i = 0; i + part.size() <= text.size(); ++i)
        if(iequals(text.substr(i, part.size()), part))
            return true;
    return false;
}

bool any_field(field_list fields, dialect_condition const& condition)
{
    return std::any_of(fields.begin(), fields.end(),
                       [&](field const& f)
                       {
                           if(!iequals(f.name, condition.subject))
                               return false;
                           if(condition.what == test::field_present)
                               return true;
                           return condition.what == test::field_equals
                                      ? iequals(f.value, condition.text)
                                      : contains_ignoring_case(f.value, condition.text);
                       });
}

bool holds(dialect_table::entry::condition const& condition, document const& doc, answer_facts const& head)
{
    auto const& said = condition.said;
    switch(said.what)
    {
    case test::status:
        return head.status >= said.low && head.status <= said.high;
    case test::field_present:
    case test::field_equals:
    case test::field_contains:
        return any_field(head.fields, said);
    case test::form:
        return doc.shape() == said.form;
    case test::exists:
    case test::equals:
    case test::is_kind:
    case test::matches:
        break;
    }
    auto const node = condition.path.follow(doc.root());
    if(!node || said.what == test::exists)
        return bool{node};
    if(said.what == test::is_kind)
        return node.type() == said.kind;
    if(node.is_container())
        return false;
    return said.what == test::equals
               ? node.text() == said.text
               : RE2::PartialMatch(re2::StringPiece(node.text().data(), node.text().size()), *condition.pattern);
}

} // namespace

dialect_path::dialect_path(std::string_view pointer)
{
    while(!pointer.empty())
    {
        pointer.remove_prefix(1);
        auto const segment = pointer.substr(0, pointer.find('/'));
        steps_.push_back({unescaped(segment), position_in(segment), segment == "*"});
        pointer.remove_prefix(segment.size());
    }
}

document::ref dialect_path::follow(document::ref from) const noexcept
{
    for(auto const& s : steps_)
    {
        if(!from.is_container())
            return {};
        if(s.first_child)
            from = from.child();
        else if(from.is_object())
            from = from.member(s.name);
        else
            from = s.position ? from.element(*s.position) : document::ref{};
    }
    return from;
}

bool dialect_table::entry::applies(document const& doc, answer_facts const& head) const
{
    return std::all_of(when.begin(), when.end(), [&](auto const& c) { return holds(c, doc, head); });
}

dialect_table::dialect_table() = default;
dialect_table::dialect_table(dialect_table&&) noexcept = default;
dialect_table& dialect_table::operator=(dialect_table&&) noexcept = default;
dialect_table::~dialect_table() = default;

boost::system::result<void, dialect_mistake> dialect_table::add(dialect_source source)
{
    if(source.name.empty())
        return dialect_mistake{"name", "is missing"};
    if(source.when.empty())
        return dialect_mistake{"when", "is empty: the dialect would take every answer"};
    if(source.confidence > 100)
        return dialect_mistake{"confidence", "is over 100 percent"};
    if(auto checked = check_places(source); !checked)
        return checked;

    auto built = std::make_unique<entry>();
    name_bits bits;
    for(std::size_t i = 0; i < source.when.size(); ++i)
    {
        auto const& condition = source.when[i];
        if(auto checked = check_condition(condition, i); !checked)
            return checked;
        entry::condition compiled{condition, {}, {}};
        if(condition.what == test::field_equals || condition.what == test::field_contains)
            fields_.push_back(condition.subject);
        if(reads_body(condition.what))
        {
            require(bits, condition.subject);
            compiled.path = dialect_path{condition.subject};
        }
        if(condition.what == test::matches)
        {
            RE2::Options options;
            options.set_log_errors(false);
            options.set_max_mem(1 << 20);
            auto pattern = std::make_unique<RE2>(condition.text, options);
            if(!pattern->ok())
                return mistake_in(i, "matches", pattern->error());
            compiled.pattern = std::move(pattern);
        }
        built->when.push_back(std::move(compiled));
    }
    std::stable_partition(built->when.begin(), built->when.end(),
                          [](auto const& c) { return !reads_body(c.said.what); });
    built->source = std::move(source);
    // Under the least common of its names, so that few are looked at under "error".
    auto* shortest = bits.top ? nullptr : &by_name_.back();
    for(auto left = bits.top; left != 0; left &= left - 1)
        if(auto& some = by_name_[static_cast<std::size_t>(std::countr_zero(left))];
           !shortest || some.size() < shortest->size())
            shortest = &some;
    shortest->push_back(entries_.size());
    needed_.push_back(bits);
    entries_.push_back(std::move(built));
    return {};
}

bool dialect_table::looks_at_value_of(std::string_view field) const noexcept
{
    return std::ranges::any_of(fields_, [field](std::string_view name) { return iequals(name, field); });
}

dialect_table::entry const* dialect_table::match(document const& doc, answer_facts const& head) const
{
    auto const has = bits_of<name_bits>(doc.root());
    auto first = entries_.size();
    auto const look_at = [&](std::vector<std::size_t> const& some)
    {
        for(auto const i : some)
            if(i >= first)
                return;
            else if((needed_[i].top & ~has.top) == 0 && (needed_[i].inner & ~has.inner) == 0 &&
                    entries_[i]->applies(doc, head))
                first = i;
    };
    for(auto left = has.top; left != 0; left &= left - 1)
        look_at(by_name_[static_cast<std::size_t>(std::countr_zero(left))]);
    look_at(by_name_.back());
    return first < entries_.size() ? entries_[first].get() : nullptr;
}

} // namespace errata
