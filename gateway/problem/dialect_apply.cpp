#include "problem/dialect_entry.hpp"
#include "problem/field_errors.hpp"
#include "problem/json_text.hpp"
#include "problem/node_sense.hpp"

#include <utility>

namespace errata
{

namespace
{

using ref = document::ref;
using pointers = std::vector<std::string>;

/// The first alternative that leads to a scalar that says something.
ref first_of(ref const& from, pointers const& alternatives)
{
    for(auto const& pointer : alternatives)
        if(auto const node = plain_value(from.at(pointer)); node && wording_of(node) != wording::blank)
            return node;
    return {};
}

/// One application of a dialect to a document.
class extraction
{
public:
    extraction(dialect_source const& dialect, document const& doc, recognized& out, arena& memory)
        : dialect_(dialect), root_(doc.root()), out_(out), memory_(memory)
    {
    }

    void run()
    {
        out_.dialect = dialect_.name;
        out_.dialect_at = dialect_.where;
        out_.confidence = dialect_.confidence;
        take(dialect_.detail, out_.detail);
        take(dialect_.title, out_.title);
        take(dialect_.help, out_.help);
        take(dialect_.request_id, out_.request_id);
        take(dialect_.oauth_error, out_.oauth_error);
        take(dialect_.oauth_description, out_.oauth_description);
        take(dialect_.oauth_uri, out_.oauth_uri);
        if(auto const node = take(dialect_.code, out_.code))
            out_.code_source = json_text(node, memory_);
        take_hints();
        if(!dialect_.errors.empty())
            take_errors();
    }

private:
    ref take(pointers const& alternatives, std::string_view& to)
    {
        auto const node = first_of(root_, alternatives);
        if(node)
        {
            to = trimmed(node.text());
            out_.consumed.push_back(node.id());
        }
        return node;
    }

    void take_hints()
    {
        for(auto const& hint : dialect_.hints)
        {
            auto const node = plain_value(root_.at(hint.pointer));
            if(!node)
                continue;
            // What was found by meaning is the same text.
            std::erase_if(out_.hints, [&](body_hint const& guessed) { return guessed.text == trimmed(node.text()); });
            out_.hints.push_back({trimmed(node.text()), hint.unit, true});
            out_.consumed.push_back(node.id());
        }
    }

    void take_errors()
    {
        bool declared = false;
        for(auto const& shape : dialect_.errors)
        {
            auto const container = root_.at(shape.at);
            if(!container.is_container())
                continue;
            // What was read by meaning before is the same, told by somebody who knows less.
            if(!std::exchange(declared, true))
                out_.errors.clear();
            for(auto e = container.child(); e; e = e.next())
                read_entry(shape, e);
        }
    }

    void read_entry(dialect_errors const& shape, ref const& entry)
    {
        if(!shape.map || !entry.is_array())
            return add(shape, entry, shape.map ? entry.name() : std::string_view{});
        for(auto item = entry.child(); item; item = item.next())
            add(shape, item, entry.name());
    }

    void add(dialect_errors const& shape, ref const& item, std::string_view name)
    {
        if(out_.errors.size() >= entry_reader::most_entries)
            return;
        field_error entry;
        if(auto const field = first_of(item, shape.field))
            name = field.text();
        set_field(entry, name, memory_);
        if(auto const in = first_of(item, shape.in))
            set_location(entry, in.text());
        auto const detail = item.is_container() ? first_of(item, shape.detail) : plain_value(item);
        if(detail)
            entry.detail = trimmed(detail.text());
        if(auto const code = first_of(item, shape.code))
        {
            entry.code = trimmed(code.text());
            entry.code_source = json_text(code, memory_);
        }
        if(entry.field.empty() && entry.detail.empty() && entry.code.empty())
            return;
        out_.errors.push_back(entry);
    }

    dialect_source const& dialect_;
    ref root_;
    recognized& out_;
    arena& memory_;
};

} // namespace

void apply(dialect_table::entry const& dialect, document const& doc, recognized& out, arena& memory)
{
    extraction{dialect.source, doc, out, memory}.run();
}

} // namespace errata
