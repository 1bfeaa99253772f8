#include "proxy/observation.hpp"

#include <algorithm>

namespace errata
{

observation::observation(unsigned status, field_list fields, std::size_t most) : status_(status), most_(most)
{
    std::size_t length = 0;
    for(auto const& f : fields)
        length += f.name.size() + f.value.size();
    head_.reserve(length); // the views below point into it
    auto const kept = [this](std::string_view text)
    {
        auto const at = head_.size();
        head_.append(text);
        return std::string_view(head_).substr(at);
    };
    for(auto const& f : fields)
    {
        auto const name = kept(f.name);
        fields_.push_back({name, kept(f.value)});
    }
}

std::size_t observation::room_for(std::string_view piece) const noexcept
{
    return std::min(piece.size(), most_ - content_.size());
}

void observation::add(std::string_view piece)
{
    auto const kept = room_for(piece);
    complete_ = complete_ && kept == piece.size();
    content_.append(piece.substr(0, kept));
}

void observation::give_up() noexcept
{
    complete_ = false;
    most_ = content_.size();
}

upstream_answer observation::seen() const
{
    upstream_answer out{.status = status_, .fields = fields_, .body = content_, .complete = complete_};
    if(!complete_)
        out.trouble = "http_response_body_size";
    return out;
}

} // namespace errata
