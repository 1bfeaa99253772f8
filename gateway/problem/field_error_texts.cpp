// Field errors that stand in sentences: which field a sentence is about, and sentences about several of them.
#include "problem/field_errors.hpp"
#include "problem/field_sentence.hpp"
#include "problem/json_text.hpp"

namespace errata
{

/// celebrate joins what is wrong with several keys: "\"name\" is required. \"qty\" must be a number". False when the
/// sentence cannot be told apart by key.
bool entry_reader::add_keys(document::ref const& keys, field_error const& joined)
{
    auto entry = joined;
    auto rest = joined.detail;
    std::vector<std::string_view> said;
    for(auto end = rest.find(". \""); end != rest.npos; end = rest.find(". \""))
    {
        said.push_back(rest.substr(0, end));
        rest.remove_prefix(end + 2);
    }
    said.push_back(rest);
    if(said.size() != keys.size() || said.size() == 1)
        return false;
    auto sentence = said.begin();
    for(auto k = keys.child(); k; k = k.next())
    {
        set_field(entry, k.text(), memory_);
        entry.detail = *sentence++;
        add(entry);
    }
    return true;
}

/// A list of sentences often names the fields in them. False when this text names none.
bool entry_reader::add_complaints(std::string_view text, field_error const& about)
{
    if(!complaints_ || text.empty())
        return false;
    auto const before = out_.size();
    read_validator_text(text);
    if(out_.size() > before)
        return true;
    auto const said = field_in(text, labelled_);
    if(said.field.empty())
        return false;
    field_error entry = about;
    entry.in = said.in;
    entry.detail = said.detail;
    set_field(entry, said.field, memory_);
    add(entry);
    return true;
}

void entry_reader::read_validator_text(std::string_view text)
{
    while(auto const said = next_validator_complaint(text))
    {
        field_error entry;
        entry.in = said->in;
        entry.detail = said->detail;
        set_field(entry, said->field, memory_);
        if(!said->code.empty())
        {
            entry.code = said->code;
            entry.code_source = quoted(said->code, memory_);
        }
        add(entry);
    }
}

} // namespace errata
