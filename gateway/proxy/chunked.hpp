#pragma once

#include "proxy/head.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace errata
{

/// Strict decoder of the chunked transfer coding (RFC 9112 7.1), fed piece by piece, copies nothing.
///
/// Refuses bare LF, white space around sizes, sizes of more than 16 digits or over 2^63, junk after chunk data; bounds
/// the total bytes of chunk extensions (16 KiB) and of the trailer section (16 KiB) in a message.
class chunked_decoder
{
public:
    struct step
    {
        std::size_t consumed = 0; ///< bytes of the input this step used up
        std::string_view data;    ///< content in it (a view into the input), maybe empty
        bool done = false;        ///< last chunk and trailer section are through
        bool failed = false;
    };

    /// Takes the next piece; call again with the rest until everything is consumed, `done` or `failed`.
    step next(std::string_view input);

    /// The trailer section as it came ("name: value\r\n"..., validated, without the final empty line and without fields
    /// that may not be in one, RFC 9110 6.5.1); complete when `done`, empty when none.
    [[nodiscard]] std::string_view trailers() const noexcept { return trailers_; }

    void reset();

private:
    enum class state : std::uint8_t
    {
        size_start,
        size,
        before_extension,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer,
        trailer_lf,
        done,
        failed
    };

    state take(char c);
    state take_size(char c) noexcept;
    state take_before_extension(char c) noexcept;
    state end_of_size() const noexcept;
    state take_trailer(char c);
    state end_of_trailer_line();

    state state_ = state::size_start;
    std::uint64_t left_ = 0;
    unsigned digits_ = 0;
    std::size_t extension_bytes_ = 0;
    std::size_t trailer_bytes_ = 0;
    std::size_t trailer_line_ = 0; ///< where the unfinished line begins in trailers_
    std::string trailers_;
};

} // namespace errata
