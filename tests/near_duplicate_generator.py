"""Makes reports from templates, copies of them as other outlets print them, and the same template of other places."""

from __future__ import annotations

import random
from dataclasses import dataclass

from processor.model import Article, Place, PlaceLevel, PlaceResolution
from processor.near_duplicates import Signature

DISTRICTS = {
    "Long An": ("Đức Hòa", "Cần Giuộc", "Tân Thạnh"),
    "Cà Mau": ("Thới Bình", "U Minh", "Năm Căn"),
    "Quảng Ninh": ("Ba Chẽ", "Tiên Yên", "Hải Hà"),
    "Lào Cai": ("Bát Xát", "Bảo Thắng", "Si Ma Cai"),
    "Hà Nam": ("Bình Lục", "Lý Nhân", "Kim Bảng"),
    "Đắk Nông": ("Đắk Song", "Cư Jút", "Krông Nô"),
    "Bình Định": ("Tuy Phước", "Hoài Ân", "Vân Canh"),
    "Nghệ An": ("Nam Đàn", "Yên Thành", "Con Cuông"),
}
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi")
GIVEN = ("Văn Thịnh", "Thị Mai", "Quốc Hưng", "Minh Tuấn", "Thanh Hà", "Đức Long", "Ngọc Lan", "Hữu Phước")

SENTENCES = (
    "Sáng ngày {day}/{month}, UBND tỉnh {place} tổ chức hội nghị sơ kết công tác cải cách hành chính quý đầu năm.",
    "Đồng chí {person}, Phó Chủ tịch UBND tỉnh {place}, chủ trì hội nghị và phát biểu chỉ đạo.",
    "Theo báo cáo, các cơ quan trong tỉnh đã tiếp nhận {count} hồ sơ, giải quyết đúng hạn {percent}%.",
    "Tỷ lệ hồ sơ nộp trực tuyến đạt {percent}%, tăng {small} điểm phần trăm so với cùng kỳ.",
    "Tại huyện {district}, bộ phận một cửa đã số hóa {count} kết quả giải quyết thủ tục hành chính.",
    "Huyện {district} thí điểm trả kết quả tại nhà cho người cao tuổi và người khuyết tật.",
    "Chỉ số cải cách hành chính của {place} đạt {percent} điểm, xếp thứ {small} trên cả nước.",
    "Toàn tỉnh đã cắt giảm {small} đầu mối, tinh giản {count} biên chế theo lộ trình đã được phê duyệt.",
    "Ông {person}, Giám đốc Sở Nội vụ, cho rằng một số địa phương còn chậm trong việc xin lỗi người dân khi trễ hẹn.",
    "Hội nghị cũng thẳng thắn chỉ ra những hạn chế trong phối hợp giữa các ngành và địa phương.",
    "Nhiều đại biểu đề nghị bố trí thêm kinh phí nâng cấp trang thiết bị cho cán bộ cơ sở.",
    "Kết quả khảo sát cho thấy {percent}% người dân hài lòng với thái độ phục vụ của công chức.",
    "Các thủ tục về đất đai, xây dựng và đăng ký kinh doanh vẫn chiếm phần lớn lượng giao dịch.",
    "Trong thời gian tới, tỉnh tiếp tục rà soát, đơn giản hóa ít nhất {small} thủ tục thuộc thẩm quyền.",
    "Phát biểu kết luận, lãnh đạo tỉnh {place} yêu cầu người đứng đầu chịu trách nhiệm về kết quả của đơn vị mình.",
    "Mỗi xã, phường phải có tổ công nghệ số cộng đồng hướng dẫn bà con nộp hồ sơ qua mạng.",
    "Dịp này, {small} tập thể và {small} cá nhân của {place} được tặng bằng khen vì có nhiều sáng kiến.",
    "Bà {person} ở huyện {district} chia sẻ rằng nay làm giấy tờ nhanh hơn trước rất nhiều.",
    "Việc liên thông dữ liệu dân cư giúp bỏ yêu cầu nộp bản sao trong nhiều thủ tục.",
    "Đến nay, {percent}% cơ quan hành chính của {place} đã áp dụng hệ thống quản lý chất lượng.",
    "Tỉnh đã đối thoại với {count} doanh nghiệp nhằm tháo gỡ khó khăn trong sản xuất kinh doanh.",
    "Công tác tuyên truyền được đổi mới với nhiều hình thức phong phú và gần gũi hơn.",
    "Đoàn kiểm tra liên ngành đã làm việc tại {small} đơn vị và chấn chỉnh kịp thời các sai sót.",
    "Từ đầu năm đến nay, huyện {district} không để phát sinh hồ sơ quá hạn kéo dài.",
    "Một số phần mềm dùng chung còn hoạt động chưa ổn định vào giờ cao điểm.",
    "Đại diện các sở, ngành đã trao đổi kinh nghiệm xây dựng chính quyền thân thiện, vì nhân dân phục vụ.",
    "Kinh phí thực hiện kế hoạch khoảng {count} triệu đồng, lấy từ ngân sách tỉnh {place}.",
    "Ban chỉ đạo sẽ đánh giá lại từng tiêu chí và công khai trên cổng thông tin điện tử.",
)
ORDINARY = [
    "và",
    "của",
    "các",
    "những",
    "được",
    "trong",
    "cho",
    "với",
    "tại",
    "là",
    "có",
    "này",
    "khi",
    "đã",
    "đang",
    "sẽ",
    "cũng",
    "rất",
    "nhiều",
    "hơn",
    "theo",
    "về",
    "từ",
    "đến",
    "bằng",
    "cần",
    "phải",
    "việc",
    "công",
    "tác",
    "kết",
    "quả",
    "thực",
    "hiện",
    "nhân",
    "dân",
    "chất",
    "lượng",
    "hiệu",
    "quả",
    "thời",
    "gian",
    "hoạt",
    "động",
    "phục",
    "vụ",
    "tiếp",
    "tục",
    "nâng",
    "cao",
]
HEADERS = (
    "Trang chủ Tin tức",
    "Thứ Sáu, 12/04/2024 - 08:15",
    "Cỡ chữ: A+ A-",
    "Chuyên mục: Chính trị",
    "15:53 26/10/2023",
    "Chia sẻ bài viết",
)
FOOTERS = (
    "Theo TTXVN",
    "Nguồn: Báo điện tử Chính phủ",
    "Lượt xem: 1.204",
    "Tin, ảnh: P.V",
    "In trang Gửi email",
    "Bình luận (3)",
    "(Theo TTXVN/Vietnam+ 12/4/2024)",
)


@dataclass(frozen=True, slots=True)
class Report:
    """A filled-in template: its title and text, and the province it is about."""

    title: str
    text: str
    place: str

    def signature(self) -> Signature:
        names = {self.place, *DISTRICTS[self.place]}
        found = tuple(_place(name) for name in sorted(names) if name in self.text)
        subject = next((place for place in found if place.then == self.place), None)
        return Signature.of(Article(title=self.title, text=self.text), PlaceResolution(places=found, primary=subject))


def _place(name: str) -> Place:
    return Place(then=name, level=PlaceLevel.PROVINCE if name in DISTRICTS else PlaceLevel.DISTRICT)


def template(random: random.Random, sentences: int | None = None) -> list[str]:
    """Sentences with slots, in a random selection and order; by default a text of 150 to 500 syllables."""
    return random.sample(SENTENCES, sentences or random.randint(8, len(SENTENCES) - 4))


def fill(template: list[str], place: str, random: random.Random) -> Report:
    """The report of a place: every slot of the template gets this place's names and figures of its own."""
    paragraphs = [
        sentence.format(
            place=place,
            district=random.choice(DISTRICTS[place]),
            person=f"{random.choice(SURNAMES)} {random.choice(GIVEN)}",
            count=f"{random.randint(1, 99)}.{random.randint(0, 999):03d}",
            percent=f"{random.randint(50, 99)},{random.randint(1, 99):02d}",
            small=random.randint(2, 63),
            day=random.randint(1, 28),
            month=random.randint(1, 12),
        )
        for sentence in template
    ]
    return Report(title=f"{place} đẩy mạnh cải cách hành chính", text="\n".join(paragraphs), place=place)


def edited(report: Report, share: float, random: random.Random, *, anywhere: bool = False) -> Report:
    """An editor's version: `share` of the words replaced, dropped or added. Figures and names only if `anywhere`."""
    chance = share if anywhere else share / _share_of_ordinary(report.text)
    lines = []
    for line in report.text.split("\n"):
        words: list[str] = []
        for word in line.split(" "):
            may_change = anywhere or _is_ordinary(word)
            words += _edit(word, random) if may_change and random.random() < chance else [word]
        lines.append(" ".join(words))
    return Report(title=f"Chuyển biến tích cực ở {report.place}", text="\n".join(lines), place=report.place)


def _is_ordinary(word: str) -> bool:
    return word.strip(",.").isalpha() and word.islower()


def _share_of_ordinary(text: str) -> float:
    words = text.split()
    return sum(map(_is_ordinary, words)) / len(words)


def _edit(word: str, random: random.Random) -> list[str]:
    kind = random.random()
    if kind < 0.7:
        return [random.choice(ORDINARY)]
    return [] if kind < 0.85 else [word, random.choice(ORDINARY)]


def republished(report: Report, random: random.Random) -> Report:
    """The text within another outlet's headings, dates, counters and credits."""
    headers = random.sample(HEADERS, random.randint(0, 3))
    footers = random.sample(FOOTERS, random.randint(0, 3))
    return Report(title=report.title, text="\n".join([*headers, report.text, *footers]), place=report.place)
