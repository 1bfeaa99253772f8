#include "problem/json_text.hpp"

#include "problem/json_writer.hpp"

namespace errata
{

std::string_view quoted(std::string_view text, arena& memory)
{
    std::string out;
    json_writer{out}.quote(text);
    return memory.keep(out);
}

std::string_view json_text(document::ref const& scalar, arena& memory)
{
    if(!scalar.source().empty())
        return scalar.source();
    return scalar.is_number() ? scalar.text() : quoted(scalar.text(), memory);
}

} // namespace errata
