// What is made of all that was offered: the sentence and code of the answer, and those of its first error.
#include "problem/meaning_reader.hpp"

#include <algorithm>
#include <utility>

namespace errata
{

namespace
{

constexpr int first_detail_floor = 20; ///< a sentence of the answer itself below this gives way to its first error's
constexpr int first_code_floor = 25;
constexpr int dedicated = 50; ///< a code of its own, no class of errors

/// A SOAP fault's code is a qualified name; its prefix means something in that document alone: `S:Client`.
std::string_view local_name(std::string_view qualified)
{
    auto const colon = qualified.find(':');
    bool const prefixed = colon != qualified.npos && colon > 0 && colon + 1 < qualified.size() &&
                          qualified.find_first_of(":/ ", colon + 1) == qualified.npos;
    return prefixed ? qualified.substr(colon + 1) : qualified;
}

/// `"statusCode": -1`, which is less of a code than that of the only error.
bool names_a_status(document const& doc, candidate const& code)
{
    return code.node != document::none && iequals(doc[code.node].name.substr(0, 6), "status");
}

} // namespace

void meaning_reader::collect(ref const& container, scope const& where, bool instead_of_sentence)
{
    if(!where.collect)
        return;
    auto const before = out_.errors.size();
    bool const whole = entries_.read(container, instead_of_sentence && where.depth == 0);
    if(out_.errors.size() == before)
        return;
    if(whole)
        consume(container.id());

    // What the first error says besides (links, ids, waits) may stand for all of them; its sentence and code stand back
    // behind those of the answer as a whole.
    auto first = container.child();
    while(first && first.name().starts_with('@'))
        first = first.next();
    auto const own_detail = std::exchange(detail_, {});
    auto const own_code = std::exchange(code_, {});
    auto const own_title = std::exchange(title_, {});
    scope const inside{where.bonus - 10, where.depth + 1, true, false};
    if(first.is_object())
        walk(first, inside);
    else if(first.is_array())
        walk_elements(first, inside);
    auto const& entry = out_.errors[before];
    // The rule that a field violates is no code of the answer; the class of the error is.
    if(code_.node != document::none && !entry.field.empty() && code_.text[0] >= 'a' &&
       meaning_of(doc_[code_.node].name).what == meaning::kind && !iequals(doc_[code_.node].name, "category") &&
       !code_.text.ends_with("error"))
        code_ = {};
    bool const says = !entry.detail.empty() && entry.detail != entry.code;
    detail_.offer({entry.detail, {}, document::none, says ? good_enough : 0});
    code_.offer({entry.code, entry.code_source, document::none, entry.code.empty() ? 0 : 1});
    if(first_detail_.score == 0 && first_code_.score == 0)
    {
        first_detail_ = detail_;
        first_code_ = code_;
        first_title_ = title_;
        first_speaks_ = !instead_of_sentence || (container.size() == 1 && first.is_string());
    }
    detail_ = own_detail;
    code_ = own_code;
    title_ = own_title;
}

/// Where a parser gave up is told like the place of a field: `"loc": ["body", 8]`, `"type": "json_invalid"`.
void meaning_reader::drop_offsets()
{
    for(auto& e : out_.errors)
        if(e.code.find("json") != e.code.npos && e.field.find_first_not_of("0123456789") == e.field.npos)
            e.field = {};
}

/// "Email has already been taken" says of no field what "has already been taken" says of `email`: Rails'
/// `full_messages`.
void meaning_reader::drop_full_messages()
{
    constexpr auto most = 32; // each is compared with all others
    auto const named = [](field_error const& e) { return !e.field.empty() && !e.detail.empty(); };
    auto const others = std::ranges::count_if(out_.errors, [](field_error const& e) { return e.field.empty(); });
    if(others == 0 || others > most || std::ranges::none_of(out_.errors, named))
        return;
    auto const is_full = [](std::string_view text, std::string_view of)
    { return text.size() > of.size() + 1 && text.ends_with(of) && text[text.size() - of.size() - 1] == ' '; };
    auto const told = out_.errors;
    std::erase_if(out_.errors,
                  [&](field_error const& e)
                  {
                      return e.field.empty() &&
                             std::ranges::any_of(told, [&](field_error const& of)
                                                 { return named(of) && is_full(e.detail, of.detail); });
                  });
}

/// The first of several errors speaks for the answer where the answer does not speak for itself.
void meaning_reader::let_first_error_speak()
{
    if(out_.errors.empty() || canonical_) // which has said what it has to say
        return;
    bool const all_fields =
        std::all_of(out_.errors.begin(), out_.errors.end(), [](field_error const& e) { return !e.field.empty(); });
    bool const speaks = detail_.score >= first_detail_floor;
    if(!speaks && !all_fields && !out_.errors[0].field.empty() && first_speaks_)
    {
        // What is said of the whole beside what is said of fields.
        auto const whole = std::find_if(out_.errors.begin(), out_.errors.end(),
                                        [](field_error const& e) { return e.field.empty() && !e.detail.empty(); });
        if(whole != out_.errors.end())
            first_detail_ = {whole->detail, {}, document::none, good_enough};
    }
    // Complaints about several fields have no sentence in common.
    bool const one = out_.errors.size() == 1;
    if(!speaks && (one || !all_fields) && (first_speaks_ || (one && !all_fields)))
        detail_ = first_detail_.score > 0 ? first_detail_ : detail_;
    if(!speaks && title_.score == 0)
        title_ = first_title_;
    // A field's code is not the answer's, unless the answer has nothing else to say.
    bool const anonymous = out_.errors[0].field.empty();
    int const own_floor = names_a_status(doc_, code_) ? dedicated : first_code_floor;
    int const floor = anonymous && !speaks ? std::max(first_code_.score, own_floor) : own_floor;
    if(code_.score < floor && (anonymous || (!speaks && one && first_speaks_ && first_code_.score >= dedicated)) &&
       !is_error_status(first_code_.text))
        code_ = first_code_.score > 0 ? first_code_ : code_;
}

void meaning_reader::consume(document::index node)
{
    if(node != document::none && nesting_ == 0)
        out_.consumed.push_back(node);
}

void meaning_reader::conclude()
{
    if(in_form_ && code_.node != document::none && meaning_of(doc_[code_.node].name).what == meaning::kind)
        code_ = {};
    let_first_error_speak();
    if(detail_.score < good_enough && out_.errors.empty() && !canonical_)
        detail_.offer(last_resort_);
    auto const take = [this](candidate const& best, int least, std::string_view& into)
    {
        if(best.score < least)
            return;
        into = trimmed(best.text);
        consume(best.node);
    };
    take(detail_, good_enough, out_.detail);
    take(title_, 1, out_.title);
    if(code_.score > 0)
    {
        out_.code = doc_.root().member("Envelope") ? local_name(trimmed(code_.text)) : trimmed(code_.text);
        out_.code_source = code_.source.empty() ? std::string_view{} : code_.source;
        consume(code_.node);
    }
    take(request_id_, 1, out_.request_id);
    take(help_, 1, out_.help);
    if(type_.score > 0)
        out_.type = type_.text;
    if(instance_.score > 0)
        out_.instance = instance_.text;
    // One error that names no field and says what the message says is the message.
    if(out_.errors.size() == 1 && out_.errors[0].field.empty() &&
       (out_.errors[0].detail == out_.detail || out_.errors[0].detail.empty()))
        out_.errors.clear();
    if(out_.errors.empty() && lone_field_.empty() && nesting_ == 0)
        entries_.read_validator_text(out_.detail);
    if(code_.score > 0 && code_.text == lone_field_)
        out_.code = out_.code_source = {}; // {"key": "name"} names the field
    if(out_.errors.empty() && !lone_field_.empty() && !(out_.detail.empty() && out_.code.empty()))
    {
        field_error entry;
        set_field(entry, lone_field_, memory_);
        entry.detail = out_.detail;
        if(out_.detail.empty())
        {
            entry.code = out_.code;
            entry.code_source = out_.code_source;
        }
        out_.errors.push_back(entry);
    }
    drop_offsets();
    drop_full_messages();
}

} // namespace errata
