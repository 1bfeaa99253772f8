#include "problem/template.hpp"
#include "routing/error_parts.hpp"
#include "routing/yaml_json.hpp"

namespace errata
{

std::shared_ptr<error_template const> compile_template(yaml_node const& node, reader& in)
{
    auto const before = in.failures();
    std::string skeleton;
    if(node.is_map())
        skeleton = to_json(node, [&](yaml_node const& scalar) { return in.text(scalar); });
    else if(auto text = in.text(node, "a preset (envelope, openai or oauth), a map, or JSON text"))
    {
        auto const known = error_template::preset(*text);
        skeleton = known.empty() ? *std::move(text) : std::string{known};
    }
    if(in.failures() != before)
        return nullptr;
    auto built = error_template::build(skeleton);
    if(built)
        return std::make_shared<error_template const>(*std::move(built));
    in.wrong(node, "the template cannot be used: " + in.judged(node, built.error().reason),
             "a preset (envelope, openai or oauth), or a map whose strings hold placeholders such as \"{code}\"");
    return nullptr;
}

} // namespace errata
