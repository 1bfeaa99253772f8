// What a single member offers, by its name's meaning and its text's wording.
#include "problem/answer_fields.hpp"
#include "problem/field_sentence.hpp"
#include "problem/item_members.hpp"
#include "problem/json_text.hpp"
#include "problem/meaning_reader.hpp"
#include "problem/node_sense.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace errata
{

namespace
{

bool is_shouting(std::string_view word)
{
    return std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool begins_with_capital(std::string_view word)
{
    return !word.empty() && word[0] >= 'A' && word[0] <= 'Z';
}

/// A longer text explains more: up to 10 points.
int length_bonus(std::string_view text)
{
    return static_cast<int>(std::min<std::size_t>(text.size(), 100) / 10);
}

bool is_uri_like(std::string_view text)
{
    return text.find_first_of("/\\") != text.npos ||
           (text.find(':') != text.npos && text.find(' ') == text.npos && !is_shouting(text)); // APIKIT:BAD_REQUEST
}

/// `{"path": "email"}` beside the message; a path that begins with a slash is the request's.
bool is_path(std::string_view text)
{
    return !text.empty() && text[0] != '/' && text.find("://") == text.npos && text.find(' ') == text.npos;
}

/// `{"ec": 2001, "em": "..."}`: two short names that differ in their last letter, and a sentence under the other.
bool is_code_of_pair(document::ref const& m)
{
    auto const name = m.name();
    if(name.size() != 2 || (name[1] != 'c' && name[1] != 'n'))
        return false;
    for(auto s = m.parent().child(); s; s = s.next())
        if(s.name().size() == 2 && s.name()[0] == name[0] && std::string_view{"mdst"}.find(s.name()[1]) < 4 &&
           s.is_string() && wording_of(s) == wording::sentence)
            return true;
    return false;
}

/// What stands in the same object as a member.
struct company
{
    bool sentence = false; ///< a text for a person
    bool code = false;     ///< a code or status
};

company beside(document::ref const& m)
{
    company seen;
    for(auto s = m.parent().child(); s; s = s.next())
    {
        auto const what = meaning_of(s).what;
        bool const text = what == meaning::sentence || what == meaning::title || what == meaning::error;
        seen.sentence = seen.sentence || (text && s.is_string() && wording_of(s) == wording::sentence);
        seen.code = seen.code || (s.id() != m.id() && (what == meaning::code || what == meaning::status));
    }
    return seen;
}

} // namespace

void meaning_reader::offer(candidate& role, ref const& node, std::string_view text, int score)
{
    role.offer({text, {}, nesting_ == 0 ? node.id() : document::none, score});
}

void meaning_reader::offer_phrase(member const& m, int score)
{
    auto const text = trimmed(m.value.text());
    if(title_.score >= score && iequals(trimmed(title_.text), text))
        consume(m.node.id()); // {"error": "Not Found", "message": "Not Found"}
    else
        offer(title_, m.node, text, score);
}

void meaning_reader::offer_code(member const& m, int score)
{
    if(score > code_.score && is_code(m.value, head_.status))
        code_ = {m.value.text(), json_text(m.value, memory_), nesting_ == 0 ? m.node.id() : document::none, score};
}

void meaning_reader::read_scalar(member const& m)
{
    switch(m.key.what)
    {
    case meaning::sentence:
        read_sentence(m);
        break;
    case meaning::error:
        read_error_text(m, 76);
        break;
    case meaning::errors:
        if(names_parts(m.node.name()) && m.where.collect && lone_field_.empty() &&
           (wording_of(m.value) == wording::word || wording_of(m.value) == wording::symbol))
            lone_field_ = trimmed(m.value.text()); // "errorFields": "cardNumber"
        else
            read_error_text(m, 70);
        break;
    case meaning::title:
        read_title(m);
        break;
    case meaning::entries:
        if(m.value.is_string() && m.key.weight >= 40)
            read_error_text(m, m.key.weight + (iequals(m.node.name(), "details") ? 23 : 15));
        break;
    case meaning::code:
        read_code(m);
        break;
    case meaning::kind:
        read_kind(m);
        break;
    case meaning::status:
    case meaning::envelope: // "result": "DECLINED", "response": "Error"
        read_status(m);
        break;
    case meaning::flag:
        consume(m.node.id());
        break;
    case meaning::uri:
        read_uri(m);
        break;
    case meaning::wait:
        read_wait(m);
        break;
    case meaning::request_id:
        if(numbers_kinds(m.node, m.value))
            offer_code(m, m.where.bonus + 68); // less than a name of it
        else if(auto const text = trimmed(m.value.text());
                text.size() >= 3 && text.size() <= 200 && wording_of(m.value) != wording::sentence)
            offer(request_id_, m.node, text, m.score());
        break;
    case meaning::help:
        if(is_http_link(trimmed(m.value.text())))
            offer(help_, m.node, m.value.text(), m.score());
        else if(m.key.weight >= 80)
            read_unknown(m);
        break;
    case meaning::unknown:
        read_unknown(m);
        break;
    case meaning::field:
        if((m.key.weight >= 92 || (!m.key.exact && m.key.weight >= 80) ||
            (m.where.depth == 0 && iequals(m.node.name(), "path") && is_path(m.value.text()))) &&
           m.value.is_string() && m.where.collect && wording_of(m.value) != wording::blank && lone_field_.empty() &&
           m.value.text().find(": ") == m.value.text().npos)
            lone_field_ = trimmed(m.value.text());
        break;
    case meaning::location:
    case meaning::source:
    case meaning::internal:
    case meaning::value:
        break;
    }
}

void meaning_reader::read_sentence(member const& m)
{
    if(!m.value.is_string())
        return m.key.weight > 60 ? read_code({m.node, m.value, {meaning::code, 20, wait_unit::none, true}, m.where})
                                 : void();
    auto const text = m.value.text();
    switch(wording_of(m.value))
    {
    case wording::sentence:
        offer(detail_, m.node, text, m.score() + length_bonus(text));
        break;
    case wording::word:
        if(iequals(m.node.name(), "reason") && is_worded_symbol(trimmed(text)) && text[0] >= 'a')
            offer_code(m, m.where.bonus + 62); // "reason": "banned"
        else
            offer(detail_, m.node, text, m.score() - 35);
        if(iequals(m.node.name(), "reason"))
            offer_code(m, m.where.bonus + (is_shouting(text) ? 20 : 10));
        break;
    case wording::phrase:
        offer_phrase(m, 20);
        if(trimmed(text).ends_with('.'))
            offer(detail_, m.node, text, 12);
        break;
    case wording::symbol:
        offer_code(m, m.where.bonus + (iequals(m.node.name(), "reason")   ? 62
                                       : is_shouting(text) && m.key.exact ? 63
                                                                          : 25));
        break;
    case wording::embedded:
        read_inner_document(m, m.key.weight);
        break;
    case wording::link:
        offer(help_, m.node, text, m.score() - 60);
        break;
    case wording::verdict:
        if(m.key.weight >= 88)
            offer(detail_, m.node, text, 11); // "message": "Error", and nothing better
        break;
    case wording::blank:
        consume(m.node.id());
        break;
    case wording::number:
    case wording::data:
        break;
    }
}

void meaning_reader::read_error_text(member const& m, int weight)
{
    auto const text = trimmed(m.value.text());
    if(!m.value.is_string())
        return m.value.is_number() ? offer_code(m, m.where.bonus + 70) : consume(m.node.id());
    switch(wording_of(m.value))
    {
    case wording::sentence:
        offer(detail_, m.node, text, m.where.bonus + weight + length_bonus(text));
        break;
    case wording::word:
        if(begins_with_capital(text) && !is_shouting(text))
            offer(detail_, m.node, text, m.where.bonus + 30);
        else if(m.key.what == meaning::entries)
            break; // "details": "query" is about what
        offer_code(m, m.where.bonus + 78);
        break;
    case wording::symbol:
        offer_code(m, m.where.bonus + 84);
        break;
    case wording::phrase:
        offer_phrase(m, 20);
        break;
    case wording::embedded:
        read_inner_document(m, weight);
        break;
    case wording::number:
        offer_code(m, m.where.bonus + 60);
        break;
    case wording::blank:
    case wording::verdict:
        consume(m.node.id());
        break;
    case wording::data:
    case wording::link:
        break;
    }
}

void meaning_reader::read_title(member const& m)
{
    auto const text = m.value.text();
    bool const name = iequals(m.node.name(), "name");
    if(!m.value.is_string())
        return;
    switch(wording_of(m.value))
    {
    case wording::sentence:
        if(!name || m.where.about_error || m.where.depth == 0)
            offer(detail_, m.node, text, m.score() - 12);
        offer(title_, m.node, text, m.score());
        break;
    case wording::phrase:
        offer_phrase(m, 30);
        break;
    case wording::word:
    case wording::symbol:
        if(name && (is_shouting(text) || (m.where.about_error && m.where.collect) || text.ends_with("Error") ||
                    text.ends_with("Exception")))
            offer_code(m, m.where.bonus + 66);
        else if(name && m.where.depth == 0 && begins_with_capital(text) && wording_of(m.value) == wording::symbol)
            offer_code(m, 30);
        else if(name && m.where.depth == 0 && is_worded_symbol(text) && text.find('_') != text.npos)
            offer_code(m, 40);
        else if(!name)
        {
            offer(title_, m.node, text, m.score() - 20);
            offer(detail_, m.node, text, m.score() - 45);
            if(wording_of(m.value) == wording::symbol || !begins_with_capital(text) || is_shouting(text))
                offer_code(m, m.where.bonus + 20);
        }
        break;
    default:
        break;
    }
}

void meaning_reader::read_code(member const& m)
{
    auto const text = trimmed(m.value.text());
    if(status_in(text) == head_.status || wording_of(m.value) == wording::phrase)
        if(!is_code(m.value, head_.status))
            return consume(m.node.id()); // repeats the status line
    // A number in the range of HTTP statuses is one when the name says status, and little of a code otherwise.
    if(is_id_of_error(m.node))
        return offer_code(m, std::max(m.score(), 30));
    if(iequals(m.node.name(), "id") || iequals(m.node.name(), "@id"))
    {
        // Without a sentence beside it an id is that of a thing, whatever it looks like; in a conflict of the other
        // one.
        auto const there = beside(m.node);
        if(there.sentence && there.code && is_uuid(text) && head_.status >= 400 && head_.status != 409)
            offer(request_id_, m.node, text, 30);
        if(!there.sentence || !is_worded_symbol(text))
            return;
    }
    if(is_key_of_field(m.node) && (m.node.name().size() > 3 || text.find('.') != text.npos))
        return;
    if(iequals(m.node.name(), "messageId") && text.find('.') == text.npos)
        return; // names the message, not what went wrong
    if(is_error_status(text))
        return iequals(m.node.name().substr(0, 6), "status") ? void() : offer_code(m, std::max(m.score() - 40, 5));
    if(m.value.is_string() && wording_of(m.value) == wording::sentence)
        return offer(detail_, m.node, text, m.where.bonus + 15);
    offer_code(m, m.score());
}

void meaning_reader::read_kind(member const& m)
{
    auto const text = m.value.text();
    if(m.node.name().starts_with('@') && doc_.shape() == document::form::json)
        return; // JSON-LD and protobuf's Any say of what type the object is
    if(!m.value.is_string())
        return offer_code(m, m.score() - 30);
    if(iequals(m.node.name(), "class") && (!m.where.about_error || text.find('.') != text.npos))
        return; // of the program
    if(is_vague_kind(text) && !((m.where.about_error || begins_with_capital(text)) && iequals(text, "validation")))
        return;
    if(is_uri_like(text))
        return m.key.weight == 64 ? offer(type_, m.node, text, m.score()) : void();
    switch(wording_of(m.value))
    {
    case wording::word:
    case wording::symbol:
        offer_code(m, m.score() - (m.where.about_error || m.where.depth == 0 ? 0 : 20));
        break;
    case wording::sentence:
        offer(detail_, m.node, text, m.where.bonus + 20);
        break;
    case wording::phrase:
        offer(title_, m.node, text, 15);
        break;
    case wording::verdict:
        consume(m.node.id()); // "type": "error"
        break;
    default:
        break;
    }
}

void meaning_reader::read_status(member const& m)
{
    auto const text = trimmed(m.value.text());
    if(status_in(text) == head_.status || !(m.value.is_string() || m.value.is_number()))
        return consume(m.node.id());
    if(m.value.is_number() || wording_of(m.value) == wording::number)
    {
        bool const date = text.size() > 8; // or an id: "dateResponse": "202301011200"
        bool const status = m.key.what == meaning::status && is_known_status(status_in(text));
        return date || status ? void() : offer_code(m, m.where.bonus + 28);
    }
    switch(wording_of(m.value))
    {
    case wording::symbol:
        if(!is_vague_kind(text))
            offer_code(m, m.where.bonus + (m.key.exact ? 50 : 20));
        break;
    case wording::word:
        if(m.key.exact && m.key.weight >= 40 && text.size() >= 4 && is_shouting(text))
            offer_code(m, m.where.bonus + 30);
        break;
    case wording::sentence:
        offer(detail_, m.node, text, m.where.bonus + (m.key.what == meaning::envelope ? 44 : 18));
        break;
    case wording::embedded:
        read_inner_document(m, 40);
        break;
    case wording::verdict:
    case wording::blank:
        consume(m.node.id());
        break;
    case wording::phrase:
        offer_phrase(m, 18);
        break;
    case wording::number:
    case wording::data:
    case wording::link:
        break;
    }
}

void meaning_reader::read_uri(member const& m)
{
    if(m.value.is_string() && m.where.depth == 0)
        offer(instance_, m.node, m.value.text(), 50);
}

void meaning_reader::read_unknown(member const& m)
{
    if(is_code_of_pair(m.node))
        return offer_code(m, m.where.bonus + 40);
    auto const text = m.value.text();
    if(!m.value.is_string())
        return;
    switch(wording_of(m.value))
    {
    case wording::sentence:
    {
        auto const score = m.where.bonus + 12 + length_bonus(text) / 5 + (m.where.about_error ? 6 : 0);
        offer(detail_, m.node, text, score);
        if(score < good_enough && last_resort_.score == 0 && head_.status >= 400 && reads_as_complaint(text))
            offer(last_resort_, m.node, text, good_enough);
        break;
    }
    case wording::embedded:
        read_inner_document(m, 50);
        break;
    default:
        break;
    }
}

} // namespace errata
